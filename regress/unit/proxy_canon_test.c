#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "canon.h"
#include "http1.h"

static struct http1_head head;

static int
check(const char *request, const char *host)
{
	assert_int_equal(http1_request(&head, request, strlen(request)),
	    strlen(request));
	return canon_check(&head, request, host);
}

static int
check_target(const char *target)
{
	char request[512];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
	    target);
	return check(request, "");
}

static void
only_plain_paths_reach_the_api(void **unused)
{
	static const char *const good[] = { "/", "/api", "/api/", "/api/a/b",
		"/a?b=//../%00", "/a%20b", "/.a/..b/a..", "http://b/a",
		"http://b", "http://b?c" };
	static const char *const bad[] = { "//", "//api", "/api//a", "/.",
		"/..", "/a/./b", "/a/../b", "/a/..", "/a/.", "/%2e%2e/a",
		"/a%2Fb", "/a%00b", "/a%5cb", "/a\\b", "/a%", "/a%2", "/a%zz",
		"http://b/../a" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(check_target(good[i]), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(check_target(bad[i]), 400);
}

static void
a_target_is_short(void **unused)
{
	char request[4096];
	int n;

	(void)unused;
	n = CANON_TARGET_MAX - 1;
	snprintf(request, sizeof(request),
	    "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", n, 0);
	assert_int_equal(check(request, ""), 0);
	snprintf(request, sizeof(request),
	    "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", n + 1, 0);
	assert_int_equal(check(request, ""), 414);
}

static void
only_the_configured_host_is_served(void **unused)
{
	static const char request[] =
	    "GET / HTTP/1.1\r\nHost: Ops.example:3000\r\n\r\n";

	(void)unused;
	assert_int_equal(check(request, ""), 0);
	assert_int_equal(check(request, "ops.example"), 0);
	assert_int_equal(check(request, "example"), 421);
	assert_int_equal(check(request, "ops.example.com"), 421);
	assert_int_equal(check("GET / HTTP/1.0\r\n\r\n", "ops.example"), 421);
	assert_int_equal(check("GET / HTTP/1.0\r\n\r\n", ""), 0);
}

static void
a_body_has_a_length_and_a_limit(void **unused)
{
	(void)unused;
	assert_int_equal(check("POST /api HTTP/1.1\r\nHost: a\r\n"
			       "Transfer-Encoding: chunked\r\n\r\n",
			     ""),
	    411);
	assert_int_equal(check("POST /api HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 1048576\r\n\r\n",
			     ""),
	    0);
	assert_int_equal(check("POST /api HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 1048577\r\n\r\n",
			     ""),
	    413);
	assert_int_equal(check("POST /webhook/github/x HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 26214400\r\n\r\n",
			     ""),
	    0);
	assert_int_equal(check("POST /webhook/github/x HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 26214401\r\n\r\n",
			     ""),
	    413);
	assert_int_equal(check("POST /webhooks HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 1048577\r\n\r\n",
			     ""),
	    413);
}

static void
options_of_the_server_are_its_own(void **unused)
{
	(void)unused;
	assert_int_equal(check("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ""),
	    204);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_plain_paths_reach_the_api),
		cmocka_unit_test(a_target_is_short),
		cmocka_unit_test(only_the_configured_host_is_served),
		cmocka_unit_test(a_body_has_a_length_and_a_limit),
		cmocka_unit_test(options_of_the_server_are_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
