/*
 * Reads what libFuzzer makes as a webhook's body, as JSON and as a form, and
 * checks what callers build on: files are all there, texts end, and the
 * judgement of a push never depends on what was not read.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "github.h"
#include "match.h"
#include "push.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

static void
check_push(const struct push *p)
{
	struct match_env e = { .project_id = 1,
		.env_id = 1,
		.repo = "owner/name",
		.branch = "*",
		.path_filter = "src/**,!src/x" };
	struct match_result r;
	size_t i;

	must(p->repo_id != 0 && strchr(p->repo, '/') != NULL);
	must(p->kind != PUSH_BRANCH || name_is_branch(p->branch));
	must(p->after[0] != '\0' || p->deleted);
	must(p->before[0] != '\0' || p->created);
	must(p->urls_len <= PUSH_URLS);
	for (i = 0; i < p->files_len; i++)
		must(p->files[i] != NULL);
	must(strlen(p->subject) < PUSH_TEXT_MAX);
	e.repo_id = p->repo_id;
	r = match_env(&e, p);
	must((r.verdict == MATCH_NOT) == (r.reason != REASON_NONE));
	must(r.verdict == MATCH_NOT || p->kind == PUSH_BRANCH);
}

static void
read_json(const char *json, size_t len)
{
	char why[GITHUB_WHY_MAX] = "";
	struct push p;

	if (github_read(json, len, &p, why) == 0)
		check_push(&p);
	else
		must(why[0] != '\0');
	push_free(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *body = malloc(len ? len : 1), *json;
	size_t json_len;

	must(body != NULL);
	memcpy(body, data, len);
	read_json(body, len);
	if (github_unform(body, len, &json, &json_len) == 0) {
		must(json >= body && json + json_len <= body + len);
		read_json(json, json_len);
	}
	free(body);
	return 0;
}
