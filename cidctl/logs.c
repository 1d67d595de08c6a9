/*
 * cidctl logs
 */

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "field.h"
#include "follow.h"
#include "logs.h"
#include "pick.h"
#include "print.h"
#include "progress.h"
#include "usage.h"

#define LINE_MAX_BYTES 65536 /* what is longer is shown in pieces */

struct text {
	char line[LINE_MAX_BYTES];
	size_t len;
	struct json_object *lines; /* NULL: print them */
};

static void
end_line(struct text *t)
{
	if (t->lines == NULL)
		print_log(stdout, t->line, t->len);
	else
		json_object_array_add(t->lines,
		    json_object_new_string_len(t->line, (int)t->len));
	t->len = 0;
}

static int
on_bytes(const char *p, size_t len, void *arg)
{
	struct text *t = arg;

	for (; len > 0; p++, len--) {
		if (*p == '\n') {
			end_line(t);
			continue;
		}
		t->line[t->len++] = *p;
		if (t->len == sizeof(t->line))
			end_line(t);
	}
	return 0;
}

/* The log as far as it goes. */
static int
print_whole(struct ctl *ctl, int64_t id)
{
	struct client_answer a;
	struct text *t;
	char path[64];
	int ret;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err(CTL_FAILED, NULL);
	if (ctl->is_json)
		t->lines = json_object_new_array();
	snprintf(path, sizeof(path), "/api/builds/%" PRId64 "/logs", id);
	ret = client_stream(ctl->client, path, NULL, on_bytes, t, &a);
	if (t->len > 0)
		end_line(t);
	if (client_refused(&a)) {
		client_explain_refusal(ctl->client, &a);
		ret = CTL_FAILED;
	} else if (ret == -1) {
		client_explain(ctl->client);
		ret = CTL_NO_CONNECTION;
	} else if (t->lines != NULL) {
		print_json(t->lines);
	}
	json_object_put(t->lines);
	client_free_answer(&a);
	free(t);
	return ret;
}

static int
has_ended(struct json_object *build)
{
	const char *s = field_text(build, "status");

	return strcmp(s, "Success") == 0 || strcmp(s, "Failed") == 0 ||
	    strcmp(s, "Cancelled") == 0;
}

int
logs_run(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *build;
	int64_t id;
	int c, ended, follow = 0, ret;

	while ((c = getopt(argc, argv, "f")) != -1) {
		if (c != 'f')
			return usage_of("logs");
		follow = 1;
	}
	if (argc - optind != 1)
		return usage_of("logs");
	if ((ret = pick_build(ctl, argv[optind], &build)) != CTL_DONE)
		return ret;
	id = field_int(build, "id");
	ended = has_ended(build);
	json_object_put(build);
	if (follow) {
		progress_begin("waiting for the next line");
		return follow_log(ctl, id, FOLLOW_LINES);
	}
	/* What is there as events tells cid's words from the container's. */
	if (ended && print_is_terminal(stdout) && !ctl->is_json)
		return follow_log(ctl, id, FOLLOW_LINES);
	return print_whole(ctl, id);
}
