#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "url.h"

static void
an_address_is_taken_apart(void **unused)
{
	const char *why;
	struct url u;

	(void)unused;
	assert_int_equal(url_parse("https://Git.Example.com/o/r.git/", &u,
			     &why),
	    0);
	assert_string_equal(u.host, "git.example.com");
	assert_string_equal(u.port, "443");
	assert_string_equal(u.path, "/o/r.git");
	assert_int_equal(url_parse("https://[::1]:8443/r", &u, &why), 0);
	assert_string_equal(u.host, "::1");
	assert_string_equal(u.port, "8443");
	assert_int_equal(url_parse("https://h:0080/r", &u, &why), 0);
	assert_string_equal(u.port, "80");
}

static void
what_two_parsers_could_differ_on_is_refused(void **unused)
{
	static const char *const bad[] = {
		"",
		"example.com/r",
		"http://example.com/r",
		"HTTPS://example.com/r",
		"https://",
		"https://example.com",
		"https://example.com/",
		"https:///r",
		"https://user@example.com/r",
		"https://user:pw@example.com/r",
		"https://example.com:/r",
		"https://example.com:0/r",
		"https://example.com:65536/r",
		"https://example.com:4x/r",
		"https://[::1/r",
		"https://[::1]x/r",
		"https://exa mple.com/r",
		"https://example.com\\@other/r",
		"https://example.com/a b",
		"https://example.com/a?b",
		"https://example.com/a#b",
		"https://example.com/a\nb",
		"https://example.com/../r",
		"https://example.com/r/..",
		"https://example.com/./r",
		"https://example.com/%2e%2e/r",
		"https://example.com/a%2Fb",
		"https://example.com/a%00",
		"ssh://git@example.com/r",
		"git@example.com:o/r.git",
		"file:///srv/r",
	};
	const char *why;
	struct url u;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		assert_int_equal(url_parse(bad[i], &u, &why), -1);
		assert_non_null(why);
	}
}

static void
a_credential_stays_with_its_origin(void **unused)
{
	const char *why;
	struct url u;

	(void)unused;
	assert_int_equal(url_parse("https://h/org/repo.git", &u, &why), 0);
	assert_true(url_is_below(&u, "https://h/org/repo.git"));
	assert_true(url_is_below(&u, "https://H:443/org/repo.git/"));
	assert_true(url_is_below(&u, "https://h/org"));
	assert_true(url_is_below(&u, "https://h"));
	assert_true(url_is_below(&u, "https://h/"));
	assert_false(url_is_below(&u, "https://h/org/repo"));
	assert_false(url_is_below(&u, "https://h/or"));
	assert_false(url_is_below(&u, "https://h/org/repo.git/more"));
	assert_false(url_is_below(&u, "https://h:8443/org"));
	assert_false(url_is_below(&u, "https://h.evil/org"));
	assert_false(url_is_below(&u, "http://h/org"));
	assert_false(url_is_below(&u, ""));
}

static void
a_local_path_stays_below_its_root(void **unused)
{
	(void)unused;
	assert_true(url_is_under("/srv/git/a", "/srv/git"));
	assert_true(url_is_under("/srv/git", "/srv/git/"));
	assert_true(url_is_under("/srv/git/..a", "/srv/git"));
	assert_true(url_is_under("/a", "/"));
	assert_false(url_is_under("/srv/gitother", "/srv/git"));
	assert_false(url_is_under("/srv/git/../x", "/srv/git"));
	assert_false(url_is_under("/srv/git/a/..", "/srv/git"));
	assert_false(url_is_under("srv/git", "/srv/git"));
	assert_false(url_is_under("/srv", "/srv/git"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_apart),
		cmocka_unit_test(what_two_parsers_could_differ_on_is_refused),
		cmocka_unit_test(a_credential_stays_with_its_origin),
		cmocka_unit_test(a_local_path_stays_below_its_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
