#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "match.h"
#include "push.h"

static const char *backend[] = { "backend/main.go", "README" };
static const char *docs[] = { "docs/a/b.md" };

static struct push
push_to(const char *branch)
{
	struct push p;

	memset(&p, 0, sizeof(p));
	p.kind = PUSH_BRANCH;
	strcpy(p.repo, "baxter/shop");
	p.repo_id = 7;
	p.urls[0] = "https://github.com/baxter/shop.git";
	p.urls[1] = "git@github.com:baxter/shop.git";
	p.urls_len = 2;
	strcpy(p.branch, branch);
	p.files = backend;
	p.files_len = 2;
	p.message = "Mend it";
	return p;
}

static const struct match_env shop = { .project_id = 1,
	.env_id = 1,
	.repo = "baxter/shop",
	.branch = "main",
	.path_filter = "" };

static void
must_be(const struct match_env *e, const struct push *p, enum match_verdict v,
    enum reason why)
{
	struct match_result r = match_env(e, p);

	assert_int_equal(r.verdict, v);
	assert_int_equal(r.reason, why);
}

static void
a_push_to_the_branch_starts_a_build(void **unused)
{
	struct push p = push_to("main");

	(void)unused;
	must_be(&shop, &p, MATCH_BUILD, REASON_NONE);
}

static void
every_other_push_has_its_reason(void **unused)
{
	struct push p = push_to("other");

	(void)unused;
	must_be(&shop, &p, MATCH_NOT, REASON_BRANCH_NO_MATCH);
	p.deleted = 1;
	must_be(&shop, &p, MATCH_NOT, REASON_BRANCH_DELETED);
	p.kind = PUSH_TAG;
	must_be(&shop, &p, MATCH_NOT, REASON_TAG_PUSH);
	p.kind = PUSH_OTHER;
	must_be(&shop, &p, MATCH_NOT, REASON_EVENT_IGNORED);
}

static void
the_head_commit_can_ask_to_be_skipped(void **unused)
{
	struct push p = push_to("main");
	struct match_env e = shop;

	(void)unused;
	p.message = "Words only\n\n[skip ci]";
	must_be(&e, &p, MATCH_NOT, REASON_SKIP_REQUESTED);
	p.message = "[CI Skip] words";
	must_be(&e, &p, MATCH_NOT, REASON_SKIP_REQUESTED);
	p.message = "a [no ci]";
	must_be(&e, &p, MATCH_NOT, REASON_SKIP_REQUESTED);
	p.message = "skip ci";
	must_be(&e, &p, MATCH_BUILD, REASON_NONE);
	p.forced = 1;
	e.path_filter = "x/**";
	p.message = "[skip ci]";
	must_be(&e, &p, MATCH_NOT, REASON_SKIP_REQUESTED);
}

static void
any_changed_file_may_match_the_filter(void **unused)
{
	struct push p = push_to("main");
	struct match_env e = shop;

	(void)unused;
	e.path_filter = "backend/**";
	must_be(&e, &p, MATCH_BUILD, REASON_NONE);
	e.path_filter = "frontend/**,!frontend/x";
	must_be(&e, &p, MATCH_NOT, REASON_PATH_NO_MATCH);
	e.path_filter = "!docs/**";
	must_be(&e, &p, MATCH_BUILD, REASON_NONE);
	p.files = docs;
	p.files_len = 1;
	must_be(&e, &p, MATCH_NOT, REASON_PATH_NO_MATCH);
}

static void
only_git_can_tell_for_these(void **unused)
{
	struct push p = push_to("main");
	struct match_env e = shop;
	int *why[] = { &p.created, &p.forced, &p.partial };
	size_t i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		*why[i] = 1;
		e.path_filter = "frontend/**";
		must_be(&e, &p, MATCH_PENDING, REASON_NONE);
		e.path_filter = "";
		must_be(&e, &p, MATCH_BUILD, REASON_NONE);
		*why[i] = 0;
	}
}

static void
a_repository_is_known_by_each_of_its_addresses(void **unused)
{
	static const char *same[] = { "baxter/shop", "Baxter/Shop",
		"https://github.com/baxter/shop",
		"https://token@github.com/baxter/shop.git",
		"ssh://git@github.com/baxter/shop.git",
		"git@github.com:baxter/shop.git", "/srv/git/shop.git",
		"/srv/git/shop/" };
	static const char *others[] = { "baxter/shop2", "x/shop", "shop",
		"https://example.org/baxter/shop.git", "/srv/git/shop2",
		"/srv/shop/git", "/" };
	struct push p = push_to("main");
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(push_is_from(&p, same[i], 0));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(push_is_from(&p, others[i], 0));
}

static void
the_forges_number_outlives_a_name(void **unused)
{
	struct push p = push_to("main");

	(void)unused;
	assert_true(push_is_from(&p, "old/name", 7));
	assert_false(push_is_from(&p, "baxter/shop", 8));
}

static void
one_push_may_start_several_projects(void **unused)
{
	struct match_env e[] = { shop, shop, shop };
	struct match_result r[3];
	struct push p = push_to("main");

	(void)unused;
	e[0].path_filter = "backend/**";
	e[1].project_id = 2;
	e[1].path_filter = "frontend/**";
	e[2].project_id = 3;
	assert_int_equal(match_all(e, 3, &p, r), REASON_NONE);
	assert_int_equal(r[0].verdict, MATCH_BUILD);
	assert_int_equal(r[1].reason, REASON_PATH_NO_MATCH);
	assert_int_equal(r[2].verdict, MATCH_BUILD);
}

static void
a_branch_belongs_to_one_environment(void **unused)
{
	struct match_env e[] = { shop, shop };
	struct match_result r[2];
	struct push p = push_to("main");

	(void)unused;
	e[1].env_id = 2;
	e[1].branch = "*";
	assert_int_equal(match_all(e, 2, &p, r), REASON_NONE);
	assert_int_equal(r[0].verdict, MATCH_BUILD);
	assert_int_equal(r[1].verdict, MATCH_NOT);
}

static void
the_reason_is_of_the_project_that_came_closest(void **unused)
{
	struct match_env e[] = { shop, shop };
	struct match_result r[2];
	struct push p = push_to("main");

	(void)unused;
	e[0].repo = "x/y";
	assert_int_equal(match_all(e, 1, &p, r), REASON_REPOSITORY_UNKNOWN);
	assert_int_equal(match_all(e, 0, &p, r), REASON_REPOSITORY_UNKNOWN);
	e[1].branch = "next";
	assert_int_equal(match_all(e, 2, &p, r), REASON_BRANCH_NO_MATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_to_the_branch_starts_a_build),
		cmocka_unit_test(every_other_push_has_its_reason),
		cmocka_unit_test(the_head_commit_can_ask_to_be_skipped),
		cmocka_unit_test(any_changed_file_may_match_the_filter),
		cmocka_unit_test(only_git_can_tell_for_these),
		cmocka_unit_test(
		    a_repository_is_known_by_each_of_its_addresses),
		cmocka_unit_test(the_forges_number_outlives_a_name),
		cmocka_unit_test(one_push_may_start_several_projects),
		cmocka_unit_test(a_branch_belongs_to_one_environment),
		cmocka_unit_test(
		    the_reason_is_of_the_project_that_came_closest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
