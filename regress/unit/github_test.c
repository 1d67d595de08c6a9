#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "github.h"
#include "push.h"

#define A "1111111111111111111111111111111111111111"
#define B "2222222222222222222222222222222222222222"
#define ZERO "0000000000000000000000000000000000000000"

#define REPO \
	"\"repository\":{\"id\":35129377,\"full_name\":\"baxter/public\"," \
	"\"clone_url\":\"https://github.com/baxter/public.git\"}"
#define COMMITS \
	"\"commits\":[{\"added\":[\"a\"],\"modified\":[\"b\",\"c/d\"]," \
	"\"removed\":[\"e\"]},{\"added\":[],\"modified\":[],\"removed\":[]}]"
#define HEAD \
	"\"head_commit\":{\"message\":\"Mend it\\n\\nAt last.\"," \
	"\"author\":{\"name\":\"B\",\"email\":\"b@example.org\"}}"
#define REF(ref, before, after) \
	"\"ref\":\"" ref "\",\"before\":\"" before "\",\"after\":\"" after "\""
#define FLAGS "\"created\":false,\"deleted\":false,\"forced\":false"

static int
read_text(const char *text, struct push *p)
{
	char why[GITHUB_WHY_MAX] = "";
	int ret = github_read(text, strlen(text), p, why);

	assert_int_equal(ret == -1, why[0] != '\0');
	return ret;
}

static void
must_refuse(const char *text)
{
	struct push p;

	if (read_text(text, &p) == 0)
		fail_msg("taken: %.200s", text);
}

static void
a_push_is_read_whole(void **unused)
{
	struct push p;

	(void)unused;
	assert_int_equal(read_text("{" REF("refs/heads/feat/x", A,
				       B) "," FLAGS "," REPO "," COMMITS
					  "," HEAD "}",
			     &p),
	    0);
	assert_int_equal(p.kind, PUSH_BRANCH);
	assert_string_equal(p.branch, "feat/x");
	assert_string_equal(p.before, A);
	assert_string_equal(p.after, B);
	assert_string_equal(p.repo, "baxter/public");
	assert_true(p.repo_id == 35129377);
	assert_int_equal(p.urls_len, 1);
	assert_int_equal(p.commits, 2);
	assert_int_equal(p.files_len, 4);
	assert_string_equal(p.files[0], "a");
	assert_string_equal(p.files[2], "c/d");
	assert_string_equal(p.files[3], "e");
	assert_string_equal(p.subject, "Mend it");
	assert_string_equal(p.author, "B");
	assert_string_equal(p.email, "b@example.org");
	assert_false(p.created || p.deleted || p.forced || p.partial);
	push_free(&p);
}

static void
zeros_mean_made_or_gone(void **unused)
{
	struct push p;

	(void)unused;
	assert_int_equal(read_text("{" REF("refs/heads/x", ZERO,
				       B) "," REPO "," COMMITS "}",
			     &p),
	    0);
	assert_true(p.created && !p.deleted);
	assert_string_equal(p.before, "");
	push_free(&p);
	assert_int_equal(
	    read_text("{" REF("refs/heads/x", A,
			  ZERO) "," REPO
				",\"commits\":[],\"head_commit\":null}",
		&p),
	    0);
	assert_true(p.deleted && !p.created);
	assert_null(p.message);
	push_free(&p);
}

static void
tags_and_other_refs_are_told_apart(void **unused)
{
	struct push p;

	(void)unused;
	assert_int_equal(read_text("{" REF("refs/tags/v1", ZERO, B) "," REPO
								    "}",
			     &p),
	    0);
	assert_int_equal(p.kind, PUSH_TAG);
	push_free(&p);
	assert_int_equal(read_text("{" REF("refs/notes/x", A, B) "," REPO "}",
			     &p),
	    0);
	assert_int_equal(p.kind, PUSH_OTHER);
	push_free(&p);
}

static void
a_list_that_may_be_cut_makes_the_push_partial(void **unused)
{
	struct push p;

	(void)unused;
	assert_int_equal(read_text("{" REF("refs/heads/x", A, B) "," REPO "}",
			     &p),
	    0);
	assert_true(p.partial);
	push_free(&p);
	assert_int_equal(read_text("{" REF("refs/heads/x", A,
				       B) "," REPO "," COMMITS ",\"size\":3}",
			     &p),
	    0);
	assert_true(p.partial);
	push_free(&p);
	assert_int_equal(read_text("{" REF("refs/heads/x", A,
				       B) "," REPO
					  ",\"commits\":[{\"added\":[\"a\"]}]}",
			     &p),
	    0);
	assert_true(p.partial);
	push_free(&p);
}

/* A payload with n commits of files files each; to be freed. */
static char *
make_many(size_t n, size_t files)
{
	char *text = malloc(1024 + n * (64 + files * 16)), *s = text;
	size_t i, j;

	assert_non_null(text);
	s +=
	    sprintf(s, "{" REF("refs/heads/x", A, B) "," REPO ",\"commits\":[");
	for (i = 0; i < n; i++) {
		s += sprintf(s, "%s{\"added\":[", i == 0 ? "" : ",");
		for (j = 0; j < files; j++)
			s += sprintf(s, "%s\"f%zu\"", j == 0 ? "" : ",", j);
		s += sprintf(s, "],\"modified\":[],\"removed\":[]}");
	}
	sprintf(s, "]}");
	return text;
}

static void
full_lists_are_not_believed_to_be_whole(void **unused)
{
	static const struct {
		size_t commits;
		size_t files;
		int partial;
	} cases[] = {
		{ GITHUB_COMMITS_MAX - 1, 1, 0 },
		{ GITHUB_COMMITS_MAX, 1, 1 },
		{ 1, GITHUB_FILES_MAX - 1, 0 },
		{ 1, GITHUB_FILES_MAX, 1 },
	};
	struct push p;
	char *text;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = make_many(cases[i].commits, cases[i].files);
		assert_int_equal(read_text(text, &p), 0);
		assert_int_equal(p.partial, cases[i].partial);
		assert_int_equal(p.files_len,
		    cases[i].commits * cases[i].files);
		push_free(&p);
		free(text);
	}
}

static void
wrong_types_are_refused(void **unused)
{
	(void)unused;
	must_refuse("");
	must_refuse("[]");
	must_refuse("7");
	must_refuse("{");
	must_refuse("{}");
	must_refuse("{\"zen\":\"x\"} trailing");
	must_refuse("{" REF("main", A, B) "," REPO "}");
	must_refuse("{" REF("refs/heads/a..b", A, B) "," REPO "}");
	must_refuse("{" REF("refs/heads/", A, B) "," REPO "}");
	must_refuse("{" REF("refs/heads/a\\u0000b", A, B) "," REPO "}");
	must_refuse("{" REF("refs/heads/x", "abc", B) "," REPO "}");
	must_refuse("{" REF("refs/heads/x", A, B) "}");
	must_refuse(
	    "{" REF("refs/heads/x", A, B) ",\"repository\":{\"id\":\"7\","
					  "\"full_name\":\"a/b\"}}");
	must_refuse("{" REF("refs/heads/x", A, B) ",\"repository\":{\"id\":-7,"
						  "\"full_name\":\"a/b\"}}");
	must_refuse("{" REF("refs/heads/x", A, B) ",\"repository\":{\"id\":7,"
						  "\"full_name\":\"b\"}}");
	must_refuse("{" REF("refs/heads/x", A, B) "," REPO ",\"forced\":1}");
	must_refuse("{" REF("refs/heads/x", A, B) "," REPO ",\"commits\":{}}");
	must_refuse("{" REF("refs/heads/x", A, B) "," REPO ",\"commits\":[1]}");
	must_refuse("{" REF("refs/heads/x", A,
	    B) "," REPO ",\"commits\":[{\"added\":[1]}]}");
	must_refuse(
	    "{" REF("refs/heads/x", A, B) "," REPO ",\"head_commit\":[]}");
	must_refuse("{" REF("refs/heads/x\xff", A, B) "," REPO "}");
}

static void
absurd_nesting_is_refused_cheaply(void **unused)
{
	enum {
		DEEP = 1000000
	};
	char *text = malloc(DEEP + 1);

	(void)unused;
	assert_non_null(text);
	memset(text, '[', DEEP);
	text[DEEP] = '\0';
	must_refuse(text);
	memset(text, ',', DEEP);
	text[0] = '[';
	must_refuse(text);
	free(text);
}

static void
a_long_subject_is_cut_between_characters(void **unused)
{
	char text[4096], *s = text;
	struct push p;
	int i;

	(void)unused;
	s += sprintf(s,
	    "{" REF("refs/heads/x", A, B) "," REPO
					  ",\"head_commit\":{\"message\":\"y");
	for (i = 0; i < 600; i++)
		s += sprintf(s, "\xc3\xa4");
	sprintf(s, "\"}}");
	assert_int_equal(read_text(text, &p), 0);
	assert_int_equal(strlen(p.subject), 511);
	push_free(&p);
}

static void
a_form_holds_the_same_json(void **unused)
{
	char form[] = "a=b&payload=%7B%22a%22%3A+1%7d&c=%zz";
	char bad[] = "payload=%7", none[] = "pay=1&load=2";
	char *json;
	size_t len;

	(void)unused;
	assert_int_equal(github_unform(form, sizeof(form) - 1, &json, &len), 0);
	assert_int_equal(len, 8);
	assert_memory_equal(json, "{\"a\": 1}", 8);
	assert_int_equal(github_unform(bad, sizeof(bad) - 1, &json, &len), -1);
	assert_int_equal(github_unform(none, sizeof(none) - 1, &json, &len),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_read_whole),
		cmocka_unit_test(zeros_mean_made_or_gone),
		cmocka_unit_test(tags_and_other_refs_are_told_apart),
		cmocka_unit_test(a_list_that_may_be_cut_makes_the_push_partial),
		cmocka_unit_test(full_lists_are_not_believed_to_be_whole),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(absurd_nesting_is_refused_cheaply),
		cmocka_unit_test(a_long_subject_is_cut_between_characters),
		cmocka_unit_test(a_form_holds_the_same_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
