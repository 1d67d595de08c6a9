#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "glob.h"

static const struct {
	const char *pattern;
	const char *path;
	int match;
} matches[] = {
	{ "a", "a", 1 },
	{ "a", "b", 0 },
	{ "a", "ab", 0 },
	{ "ab", "a", 0 },
	{ "a/b", "a/b", 1 },
	{ "*", "a", 1 },
	{ "*", "a/b", 0 },
	{ "*.md", "README.md", 1 },
	{ "*.md", "docs/README.md", 0 },
	{ "a*c", "ac", 1 },
	{ "a*c", "abbc", 1 },
	{ "a*c", "ab/c", 0 },
	{ "?", "a", 1 },
	{ "?", "/", 0 },
	{ "a?b", "a/b", 0 },
	{ "a/?", "a/", 0 },
	{ "backend/**", "backend/a", 1 },
	{ "backend/**", "backend/a/b/c.java", 1 },
	{ "backend/**", "backend", 0 },
	{ "backend/**", "backendx/a", 0 },
	{ "**", "a/b/c", 1 },
	{ "**/x.c", "x.c", 1 },
	{ "**/x.c", "a/x.c", 1 },
	{ "**/x.c", "a/b/x.c", 1 },
	{ "**/x.c", "ax.c", 0 },
	{ "**/x.c", "a/bx.c", 0 },
	{ "src/**/x.c", "src/x.c", 1 },
	{ "src/**/x.c", "src/a/b/x.c", 1 },
	{ "src/**/x.c", "src/ax.c", 0 },
	{ "src/**/*.c", "src/x.c", 1 },
	{ "src/**/*.c", "src/a/x.h", 0 },
	{ "src**", "src", 1 },
	{ "src**", "src/a", 1 },
	{ "src**.c", "srca/b.c", 1 },
	{ "a***b", "a/x/b", 1 },
	{ "**/a/**/b", "x/a/y/a/b", 1 },
	{ "app/[id]/*", "app/[id]/page.tsx", 1 },
	{ "a\\*", "a\\x", 1 },
	{ "*", "*", 1 },
	{ "", "", 1 },
	{ "", "a", 0 },
	{ "*", "", 1 },
	{ "\xc3\xbc/**", "\xc3\xbc/a", 1 },
};

static void
stars_stop_at_slashes_unless_doubled(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		if (glob_match(matches[i].pattern, matches[i].path) !=
		    matches[i].match)
			fail_msg("%s %s", matches[i].pattern, matches[i].path);
	}
}

static const struct {
	const char *filter;
	const char *path;
	int pass;
} filters[] = {
	{ "", "a", 1 },
	{ "a/**", "a/b", 1 },
	{ "a/**", "b/b", 0 },
	{ "a/**,b/**", "b/b", 1 },
	{ "a/** , b/**", "b/b", 1 },
	{ "!docs/**", "a", 1 },
	{ "!docs/**", "docs/a", 0 },
	{ "a/**,!a/docs/**", "a/x", 1 },
	{ "a/**,!a/docs/**", "a/docs/x", 0 },
	{ "!a/docs/**,a/**", "a/docs/x", 0 },
	{ "a/**,!**/*.md", "b/x", 0 },
};

static void
exclusions_win_in_any_order(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (glob_filter(filters[i].filter, filters[i].path) !=
		    filters[i].pass)
			fail_msg("%s %s", filters[i].filter, filters[i].path);
	}
}

static void
a_bad_filter_is_explained(void **unused)
{
	char filter[GLOB_FILTER_MAX + 1];
	const char *why;

	(void)unused;
	assert_int_equal(glob_check("", &why), 0);
	assert_int_equal(glob_check("a/**,!b", &why), 0);
	assert_int_equal(glob_check("a,,b", &why), -1);
	assert_int_equal(glob_check("a,", &why), -1);
	assert_int_equal(glob_check("!", &why), -1);
	assert_int_equal(glob_check(" ", &why), -1);
	assert_string_equal(why, "has an empty glob");
	assert_int_equal(glob_check("/a", &why), -1);
	assert_string_equal(why, "must not begin with a slash");
	assert_int_equal(glob_check("a/", &why), -1);
	assert_int_equal(glob_check("a\tb", &why), -1);
	assert_string_equal(why, "has a control character");
	memset(filter, 'a', sizeof(filter));
	filter[GLOB_FILTER_MAX] = '\0';
	assert_int_equal(glob_check(filter, &why), -1);
	filter[GLOB_FILTER_MAX - 1] = '\0';
	assert_int_equal(glob_check(filter, &why), 0);
}

/* What backtracking would take longer for than anybody lives. */
static void
no_filter_is_slow(void **unused)
{
	char filter[GLOB_FILTER_MAX], path[4097];
	size_t i;

	(void)unused;
	for (i = 0; i + 2 < sizeof(filter); i += 2)
		memcpy(filter + i, "*a", 2);
	filter[i] = '\0';
	memset(path, 'a', sizeof(path));
	path[4095] = 'b';
	path[4096] = '\0';
	assert_false(glob_match(filter, path));
	path[4095] = 'a';
	assert_true(glob_match(filter, path));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars_stop_at_slashes_unless_doubled),
		cmocka_unit_test(exclusions_win_in_any_order),
		cmocka_unit_test(a_bad_filter_is_explained),
		cmocka_unit_test(no_filter_is_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
