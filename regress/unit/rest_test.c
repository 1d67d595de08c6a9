/*
 * Small readers and writers of the HTTP API: ranges, addresses, log lines.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "logjson.h"
#include "msg_conf.h"
#include "range.h"
#include "rest_url.h"

static void
ranges_are_read_as_rfc_9110_has_them(void **unused)
{
	static const struct {
		const char *header;
		enum range_verdict verdict;
		uint64_t from;
		uint64_t to;
	} rows[] = {
		{ NULL, RANGE_ALL, 0, 0 },
		{ "bytes=0-9", RANGE_PART, 0, 9 },
		{ "BYTES=5-5", RANGE_PART, 5, 5 },
		{ "bytes=90-", RANGE_PART, 90, 99 },
		{ "bytes=90-200", RANGE_PART, 90, 99 },
		{ "bytes=-10", RANGE_PART, 90, 99 },
		{ "bytes=-1000", RANGE_PART, 0, 99 },
		{ "bytes=100-", RANGE_NONE, 0, 0 },
		{ "bytes=-0", RANGE_NONE, 0, 0 },
		{ "bytes=9-5", RANGE_ALL, 0, 0 },
		{ "bytes=0-1,3-4", RANGE_ALL, 0, 0 },
		{ "bytes=a-b", RANGE_ALL, 0, 0 },
		{ "bytes=", RANGE_ALL, 0, 0 },
		{ "bytes= 0-1", RANGE_ALL, 0, 0 },
		{ "bytes=+1-2", RANGE_ALL, 0, 0 },
		{ "lines=0-9", RANGE_ALL, 0, 0 },
		{ "bytes=0-99999999999999999999", RANGE_ALL, 0, 0 },
	};
	uint64_t from, to;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(range_read(rows[i].header, 100, &from, &to),
		    rows[i].verdict);
		if (rows[i].verdict != RANGE_PART)
			continue;
		assert_int_equal(from, rows[i].from);
		assert_int_equal(to, rows[i].to);
	}
	assert_int_equal(range_read("bytes=0-", 0, &from, &to), RANGE_NONE);
}

static void
repositories_are_https_or_local(void **unused)
{
	static const struct {
		const char *given;
		enum url_repo verdict;
		const char *url;
	} rows[] = {
		{ "octo/hello", URL_REPO_OK, "https://github.com/octo/hello" },
		{ "https://Git.Example.COM/Octo/Hello.git/", URL_REPO_OK,
		    "https://git.example.com/Octo/Hello.git" },
		{ "https://git.example.com:8443/a", URL_REPO_OK,
		    "https://git.example.com:8443/a" },
		{ "/srv/git/hello.git", URL_REPO_LOCAL, "/srv/git/hello.git" },
		{ "git@github.com:octo/hello", URL_REPO_SSH, "" },
		{ "ssh://git@github.com/octo/hello", URL_REPO_SSH, "" },
		{ "http://git.example.com/a", URL_REPO_BAD, "" },
		{ "https://user:pw@git.example.com/a", URL_REPO_BAD, "" },
		{ "https://git.example.com", URL_REPO_BAD, "" },
		{ "https://git.example.com/", URL_REPO_BAD, "" },
		{ "https://git.example.com/a/../b", URL_REPO_BAD, "" },
		{ "https://git.example.com/a?b", URL_REPO_BAD, "" },
		{ "file:///srv/git", URL_REPO_BAD, "" },
		{ "/srv/../etc", URL_REPO_BAD, "" },
		{ "octo", URL_REPO_BAD, "" },
		{ "octo/hello/more", URL_REPO_BAD, "" },
		{ "../hello", URL_REPO_BAD, "" },
		{ "octo/he llo", URL_REPO_BAD, "" },
	};
	char url[URL_MAX];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(url_repository(rows[i].given, url),
		    rows[i].verdict);
		assert_string_equal(url, rows[i].url);
	}
}

static void
registries_are_https_origins(void **unused)
{
	char url[URL_MAX];

	(void)unused;
	assert_string_equal(url_registry("docker.io", url),
	    "https://docker.io");
	assert_string_equal(url_registry("https://GHCR.io/octo/", url),
	    "https://ghcr.io/octo");
	assert_string_equal(url_registry("reg.example.com:5000", url),
	    "https://reg.example.com:5000");
	assert_null(url_registry("", url));
	assert_null(url_registry("http://reg.example.com", url));
	assert_null(url_registry("user@reg.example.com", url));
	assert_null(url_registry("reg/../x", url));
}

static void
apps_are_at_a_path_or_a_host(void **unused)
{
	struct msg_conf_api c;
	char url[URL_MAX];

	(void)unused;
	memset(&c, 0, sizeof(c));
	strlcpy(c.public_url, "http://127.0.0.1:8080", sizeof(c.public_url));
	strlcpy(c.api_url, "http://127.0.0.1:3000", sizeof(c.api_url));
	assert_string_equal(url_public(&c, "hello", url),
	    "http://127.0.0.1:8080/hello/");
	strlcpy(c.domain, "apps.example.com", sizeof(c.domain));
	assert_string_equal(url_public(&c, "hello", url),
	    "http://hello.apps.example.com:8080/");
	assert_string_equal(url_webhook(&c, "github", "abc", url),
	    "http://127.0.0.1:3000/webhook/github/abc");
}

/* The line as JSON, checked by a reader that insists on UTF-8. */
static struct json_object *
line_json(const char *text, size_t len)
{
	static char out[LOGJSON_MAX];
	static const struct logjson ids = { 5, 6 };
	struct line_index rec = { .time_s = 1700000000,
		.time_ms = 7,
		.stream = LINE_STDERR };
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;
	size_t n;

	n = logjson_line(&ids, &rec, 9, text, len, out);
	assert_int_equal(n, strlen(out));
	json_tokener_set_flags(t,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, out, (int)n);
	assert_non_null(o);
	json_tokener_free(t);
	return o;
}

static const char *
member(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

static void
any_bytes_make_a_line_of_json(void **unused)
{
	static char worst[LINE_MAX_BYTES];
	struct json_object *o;
	char all[256];
	int i;

	(void)unused;
	o = line_json("a \"b\" \\ \t\033[1m \xc3\xa9 \xff\xc0\x80", 20);
	assert_string_equal(member(o, "line"),
	    "a \"b\" \\ \t\033[1m \xc3\xa9 "
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(member(o, "timestamp"), "2023-11-14T22:13:20.007Z");
	assert_string_equal(member(o, "stream"), "stderr");
	assert_string_equal(member(o, "level"), "warn");
	assert_string_equal(member(o, "line_number"), "9");
	json_object_put(o);
	for (i = 0; i < 256; i++)
		all[i] = (char)i;
	json_object_put(line_json(all, sizeof(all)));
	memset(worst, 1, sizeof(worst));
	o = line_json(worst, sizeof(worst));
	assert_int_equal(json_object_get_string_len(
			     json_object_object_get(o, "line")),
	    sizeof(worst));
	json_object_put(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_read_as_rfc_9110_has_them),
		cmocka_unit_test(repositories_are_https_or_local),
		cmocka_unit_test(registries_are_https_origins),
		cmocka_unit_test(apps_are_at_a_path_or_a_host),
		cmocka_unit_test(any_bytes_make_a_line_of_json),
	};

	return cmocka_run_group_tests_name("rest", tests, NULL, NULL);
}
