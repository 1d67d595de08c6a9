#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "name.h"

#define INSTANCE "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
project_names_are_host_labels(void **unused)
{
	static const struct {
		const char *name;
		enum name_error e;
	} cases[] = {
		{ "a", NAME_OK },
		{ "shop", NAME_OK },
		{ "my-shop-2", NAME_OK },
		{ "2048-game", NAME_OK },
		{ "prod", NAME_OK },
		{ "pr7x", NAME_OK },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NAME_OK },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NAME_LONG },
		{ "", NAME_EMPTY },
		{ "Shop", NAME_CHARACTER },
		{ "my_shop", NAME_CHARACTER },
		{ "a/b", NAME_CHARACTER },
		{ "a.b", NAME_CHARACTER },
		{ "sh\xc3\xb6p", NAME_CHARACTER },
		{ "a\n", NAME_CHARACTER },
		{ "-a", NAME_HYPHEN },
		{ "a-", NAME_HYPHEN },
		{ "a--b", NAME_HYPHEN },
		{ "-", NAME_HYPHEN },
		{ "api", NAME_RESERVED },
		{ "blue", NAME_RESERVED },
		{ "production", NAME_RESERVED },
		{ "pr7", NAME_RESERVED },
		{ "42", NAME_RESERVED },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (name_check_project(cases[i].name) != cases[i].e)
			fail_msg("%s", cases[i].name);
	}
}

static void
environment_names_have_no_hyphen(void **unused)
{
	(void)unused;
	assert_int_equal(name_check_env("production"), NAME_OK);
	assert_int_equal(name_check_env("pr7"), NAME_OK);
	assert_int_equal(name_check_env("a-b"), NAME_CHARACTER);
	assert_int_equal(name_check_env(""), NAME_EMPTY);
	assert_int_equal(name_check_env("green"), NAME_RESERVED);
	assert_int_equal(name_check_env("aaaaaaaaaaaaaaaa"), NAME_OK);
	assert_int_equal(name_check_env("aaaaaaaaaaaaaaaaa"), NAME_LONG);
}

static void
branches_are_what_git_takes(void **unused)
{
	static const char *const good[] = { "main", "feature/x", "a.b", "v1@x",
		"dependabot/npm_and_yarn/a-1.2.3", "\xc3\xbc", "x-", "lock",
		"a.lockx" };
	static const char *const bad[] = { "", "-a", "/a", "a/", "a//b", ".a",
		"a/.b", "a.", "a..b", "a.lock", "a.lock/b", "a b", "a~1", "a^",
		"a:b", "a?", "a*", "a[", "a\\b", "@", "a@{1}", "HEAD", "a\tb",
		"a\x7f" };
	char longest[NAME_BRANCH_MAX + 1];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!name_is_branch(good[i]))
			fail_msg("%s", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (name_is_branch(bad[i]))
			fail_msg("%s", bad[i]);
	}
	memset(longest, 'a', sizeof(longest));
	longest[NAME_BRANCH_MAX] = '\0';
	assert_false(name_is_branch(longest));
	longest[NAME_BRANCH_MAX - 1] = '\0';
	assert_true(name_is_branch(longest));
}

static void
commits_are_whole_hashes(void **unused)
{
	(void)unused;
	assert_true(name_is_commit(HEX40));
	assert_true(name_is_commit(HEX64));
	assert_false(name_is_commit(""));
	assert_false(name_is_commit("0123456"));
	assert_false(name_is_commit(HEX40 "0"));
	assert_false(
	    name_is_commit("0123456789ABCDEF0123456789abcdef01234567"));
}

static void
images_follow_the_reference_grammar(void **unused)
{
	static const char *const good[] = {
		"gradle",
		"gradle:jdk17",
		"library/nginx:1.25.3-alpine",
		"a/b/c/d",
		"a__b/c---d/e_f.g",
		"localhost/x",
		"localhost:5000/x:y",
		"Registry.Example.com/x",
		"registry.example.com:443/team/app@sha256:" HEX64,
		"registry.example.com/team/app:v1@sha256:" HEX64,
		"x@sha512:" HEX64 HEX64,
		"[::1]:5000/x",
		"127.0.0.1:5000/x:_1",
		"deadbeef",
	};
	static const char *const bad[] = {
		"",
		"/x",
		"x/",
		"x//y",
		"X",
		"Team/x",
		"x:",
		"x:.a",
		"x:-a",
		"x:a b",
		"x@",
		"x@sha256:abc",
		"x@md5:" HEX64,
		"x@sha256:" HEX64 "0",
		"x@sha256:" HEX64 ":t",
		"x___y",
		"x..y",
		"x._y",
		"-x",
		"x-",
		"a.com:/x",
		"a.com:99999999/x",
		"-a.com/x",
		"a-.com/x",
		"a..com/x",
		"[::1/x",
		"a.com@b/x",
		"https://a.com/x",
		"x?y",
		"x%2f",
		"../x",
		"x/../y",
		"x\n",
		HEX64,
		"sha256:" HEX64,
		"sha256:0123",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!name_is_image(good[i]))
			fail_msg("%s", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (name_is_image(bad[i]))
			fail_msg("%s", bad[i]);
	}
}

static void
image_names_and_tags_are_bounded(void **unused)
{
	char s[400];

	(void)unused;
	memset(s, 'a', sizeof(s));
	s[255] = '\0';
	assert_true(name_is_image(s));
	s[255] = 'a';
	s[256] = '\0';
	assert_false(name_is_image(s));
	memset(s, 'a', sizeof(s));
	s[1] = ':';
	s[2 + 128] = '\0';
	assert_true(name_is_image(s));
	s[2 + 128] = 'a';
	s[2 + 129] = '\0';
	assert_false(name_is_image(s));
}

static void
made_names_are_fixed(void **unused)
{
	char b[NAME_DOCKER_MAX];

	(void)unused;
	assert_string_equal(name_slot(b, "shop", "production", 1),
	    "shop-production-green");
	assert_string_equal(name_build(b, INSTANCE, 7, 42),
	    "cid-0a1b2c3d-build-7-42");
	assert_string_equal(name_build_network(b, INSTANCE, 7, 42),
	    "cid-0a1b2c3d-build-7-42");
	assert_string_equal(name_env_network(b, INSTANCE, 9),
	    "cid-0a1b2c3d-env-9");
	assert_string_equal(name_output(b, INSTANCE, 7, 42),
	    "cid-0a1b2c3d-output-7-42");
	assert_string_equal(name_cache(b, INSTANCE, 7, 1, "npm"),
	    "cid-0a1b2c3d-cache-7-trusted-npm");
	assert_string_equal(name_cache(b, INSTANCE, 7, 0, "npm"),
	    "cid-0a1b2c3d-cache-7-other-npm");
	assert_string_equal(name_of_slot(0), "blue");
	assert_string_equal(name_of_slot(2), "unknown");
}

static void
a_bridge_name_fits_an_interface(void **unused)
{
	char b[NAME_DOCKER_MAX];

	(void)unused;
	assert_string_equal(name_bridge(b, INSTANCE, 0), "cid-0a1b-0");
	assert_string_equal(name_bridge(b, INSTANCE, 524287), "cid-0a1b-7ffff");
	assert_true(strlen(name_bridge(b, INSTANCE, (1 << 24) - 1)) <= 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(project_names_are_host_labels),
		cmocka_unit_test(environment_names_have_no_hyphen),
		cmocka_unit_test(branches_are_what_git_takes),
		cmocka_unit_test(commits_are_whole_hashes),
		cmocka_unit_test(images_follow_the_reference_grammar),
		cmocka_unit_test(image_names_and_tags_are_bounded),
		cmocka_unit_test(made_names_are_fixed),
		cmocka_unit_test(a_bridge_name_fits_an_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
