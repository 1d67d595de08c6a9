#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http1.h"

struct sample {
	int line;
	int status; /* 0: read to the end */
	const char *text;
	size_t len;
};

#define OK(text) { __LINE__, 0, text, sizeof(text) - 1 },
#define NO(status, text) { __LINE__, status, text, sizeof(text) - 1 },
static const struct sample requests[] = {
#include "http1_requests.def"
};
#undef NO
#define NO(text) { __LINE__, 502, text, sizeof(text) - 1 },
static const struct sample responses[] = {
#include "http1_responses.def"
};
#undef OK
#undef NO

static struct http1_head head;

static ssize_t
request(const char *text)
{
	return http1_request(&head, text, strlen(text));
}

static ssize_t
response(const char *text)
{
	return http1_response(&head, text, strlen(text), 0);
}

/* Read the first len bytes from memory of their own, for ASan to guard. */
static ssize_t
read_part(const struct sample *s, size_t len, int is_response)
{
	char *copy = malloc(len + 1);
	ssize_t n;

	assert_non_null(copy);
	copy = realloc(memcpy(copy, s->text, len), len ? len : 1);
	assert_non_null(copy);
	n = is_response ? http1_response(&head, copy, len, 0)
			: http1_request(&head, copy, len);
	free(copy);
	return n;
}

static void
check_sample(const struct sample *s, int is_response)
{
	ssize_t want = s->status == 0 ? (ssize_t)s->len : -s->status;
	ssize_t got, before = 0;
	size_t i;

	for (i = 0; i <= s->len; i++) {
		got = read_part(s, i, is_response);
		if (got == want && (want < 0 || i == s->len)) {
			before = got;
			continue;
		}
		if (got != 0 || before != 0)
			fail_msg("line %d: %zd after %zu bytes, not %zd",
			    s->line, got, i, want);
	}
	if (before != want)
		fail_msg("line %d: nothing said, want %zd", s->line, want);
}

static void
requests_get_the_same_verdict_however_they_are_cut(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		check_sample(&requests[i], 0);
}

static void
responses_get_the_same_verdict_however_they_are_cut(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(responses) / sizeof(responses[0]); i++)
		check_sample(&responses[i], 1);
}

static void
assert_span(const char *text, struct http1_span s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(text + s.off, want, s.len);
}

static void
spans_point_at_what_was_sent(void **unused)
{
	static const char text[] =
	    "\r\nPOST /a?b HTTP/1.1\r\n"
	    "A:  b c \t\r\nhost: x.example:80\r\n\r\nrest";

	(void)unused;
	assert_int_equal(request(text), sizeof(text) - 1 - 4);
	assert_span(text, head.method, "POST");
	assert_span(text, head.target, "/a?b");
	assert_span(text, head.path, "/a?b");
	assert_span(text, head.host, "x.example:80");
	assert_int_equal(head.host_len, 9);
	assert_int_equal(head.host_field, 1);
	assert_int_equal(head.nfields, 2);
	assert_int_equal(head.minor, 1);
	assert_int_equal(head.form, HTTP1_ORIGIN);
	assert_span(text, head.fields[0].name, "A");
	assert_span(text, head.fields[0].value, "b c");
	assert_int_equal(head.fields[0].id, HTTP1_NAME_OTHER);
	assert_int_equal(head.fields[1].id, HTTP1_NAME_HOST);
}

static void
an_absolute_target_overrules_host(void **unused)
{
	static const char text[] = "GET http://b.example:81?q HTTP/1.1\r\n"
				   "Host: a.example\r\n\r\n";
	static const char bare[] = "GET https://[::1] HTTP/1.1\r\n"
				   "Host: a.example\r\n\r\n";

	(void)unused;
	assert_true(request(text) > 0);
	assert_int_equal(head.form, HTTP1_ABSOLUTE);
	assert_span(text, head.host, "b.example:81");
	assert_int_equal(head.host_len, 9);
	assert_span(text, head.path, "?q");
	assert_true(request(bare) > 0);
	assert_span(bare, head.host, "[::1]");
	assert_int_equal(head.host_len, 5);
	assert_span(bare, head.path, "");
}

static void
an_http_1_0_request_may_have_no_host(void **unused)
{
	(void)unused;
	assert_true(request("GET / HTTP/1.0\r\n\r\n") > 0);
	assert_int_equal(head.minor, 0);
	assert_int_equal(head.host_field, -1);
	assert_int_equal(head.host.len, 0);
}

static void
a_request_without_framing_has_no_body(void **unused)
{
	(void)unused;
	assert_true(request("POST / HTTP/1.1\r\nHost: a\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_NONE);
	assert_int_equal(head.content_length, -1);
	assert_true(request("POST / HTTP/1.1\r\nHost: a\r\n"
			    "Content-Length: 00\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_NONE);
	assert_int_equal(head.content_length, 0);
	assert_true(request("POST / HTTP/1.1\r\nHost: a\r\n"
			    "Content-Length: 9223372036854775807\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_LENGTH);
	assert_true(head.content_length == INT64_MAX);
	assert_true(request("POST / HTTP/1.1\r\nHost: a\r\n"
			    "Transfer-Encoding: CHUNKED\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_CHUNKED);
}

static void
an_answer_is_framed_by_status_and_method(void **unused)
{
	static const char cl[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
	static const char te[] =
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

	(void)unused;
	assert_true(response(cl) > 0);
	assert_int_equal(head.framing, HTTP1_LENGTH);
	assert_true(response(te) > 0);
	assert_int_equal(head.framing, HTTP1_CHUNKED);
	assert_true(head.keepalive);
	assert_true(http1_response(&head, cl, sizeof(cl) - 1, 1) > 0);
	assert_int_equal(head.framing, HTTP1_NONE);
	assert_int_equal(head.content_length, 5);
	assert_true(http1_response(&head, te, sizeof(te) - 1, 1) > 0);
	assert_int_equal(head.framing, HTTP1_NONE);
	assert_true(response("HTTP/1.1 304 Not Modified\r\n"
			     "Content-Length: 5\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_NONE);
	assert_true(response("HTTP/1.1 200 OK\r\n\r\n") > 0);
	assert_int_equal(head.framing, HTTP1_CLOSE);
	assert_false(head.keepalive);
}

static int
keeps(const char *version, const char *connection)
{
	char text[256];

	snprintf(text, sizeof(text), "GET / HTTP/%s\r\nHost: a\r\n%s\r\n",
	    version, connection);
	assert_true(request(text) > 0);
	return head.keepalive;
}

static void
keep_alive_follows_version_and_connection(void **unused)
{
	(void)unused;
	assert_true(keeps("1.1", ""));
	assert_true(keeps("1.1", "Connection: foo\r\n"));
	assert_false(keeps("1.1", "Connection: foo, CLOSE\r\n"));
	assert_false(keeps("1.1", "Connection: foo\r\nConnection: close\r\n"));
	assert_false(keeps("1.1", "Connection: keep-alive, close\r\n"));
	assert_false(keeps("1.0", ""));
	assert_true(keeps("1.0", "Connection: Keep-Alive\r\n"));
	assert_false(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

static int
upgrades(const char *version, const char *fields)
{
	keeps(version, fields);
	return head.upgrade;
}

static void
an_upgrade_needs_both_fields_and_1_1(void **unused)
{
	static const char both[] =
	    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";

	(void)unused;
	assert_true(upgrades("1.1", both));
	assert_false(upgrades("1.0", both));
	assert_false(upgrades("1.1", "Upgrade: websocket\r\n"));
	assert_false(upgrades("1.1", "Connection: upgrade\r\n"));
	assert_false(upgrades("1.1", "Connection: upgrade\r\nUpgrade:\r\n"));
}

static void
only_1_1_expects(void **unused)
{
	(void)unused;
	keeps("1.1", "Expect: 100-Continue\r\n");
	assert_true(head.expect);
	keeps("1.0", "Expect: 100-continue\r\n");
	assert_false(head.expect);
}

static void
hop_by_hop_fields_are_marked(void **unused)
{
	static const char text[] =
	    "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n"
	    "Connection: x-one, Host, TE, content-length\r\nTE: trailers\r\n"
	    "Content-Length: 1\r\nKeep-Alive: 5\r\nX-Two: 1\r\n"
	    "Proxy-Connection: close\r\nUpgrade: h2c\r\nX-ONE: 2\r\n\r\n";
	static const int hop[] = { 0, 1, 1, 1, 0, 1, 0, 1, 1, 1 };
	size_t i;

	(void)unused;
	assert_true(request(text) > 0);
	assert_int_equal(head.nfields, sizeof(hop) / sizeof(hop[0]));
	for (i = 0; i < sizeof(hop) / sizeof(hop[0]); i++)
		assert_int_equal(head.fields[i].hop, hop[i]);
}

/* A request whose first line, without CRLF, is line bytes long. */
static size_t
long_line(char *buf, size_t line)
{
	size_t n = line - strlen("GET / HTTP/1.1");
	char *p = stpcpy(buf, "GET /");

	memset(p, 'a', n);
	p = stpcpy(p + n, " HTTP/1.1\r\nHost: a\r\n\r\n");
	return (size_t)(p - buf);
}

static void
a_request_line_has_a_limit(void **unused)
{
	static char buf[HTTP1_LINE_MAX * 2];
	size_t len;

	(void)unused;
	len = long_line(buf, HTTP1_LINE_MAX);
	assert_int_equal(http1_request(&head, buf, len), len);
	len = long_line(buf, HTTP1_LINE_MAX + 1);
	assert_int_equal(http1_request(&head, buf, len), -414);
	assert_int_equal(http1_request(&head, buf, HTTP1_LINE_MAX + 2), -414);
	assert_int_equal(http1_request(&head, buf, HTTP1_LINE_MAX + 1), 0);
}

/* A head of len bytes; its last field fills it up. */
static void
long_head(char *buf, size_t len)
{
	char *p = stpcpy(buf, "GET / HTTP/1.1\r\nHost: a\r\nA: ");
	char *end = buf + len - 4;

	memset(p, 'b', (size_t)(end - p));
	stpcpy(end, "\r\n\r\n");
}

static void
a_head_has_a_limit(void **unused)
{
	static char buf[HTTP1_HEAD_MAX + 100];

	(void)unused;
	long_head(buf, HTTP1_HEAD_MAX);
	assert_int_equal(http1_request(&head, buf, HTTP1_HEAD_MAX + 50),
	    HTTP1_HEAD_MAX);
	long_head(buf, HTTP1_HEAD_MAX + 1);
	assert_int_equal(http1_request(&head, buf, HTTP1_HEAD_MAX - 1), 0);
	assert_int_equal(http1_request(&head, buf, HTTP1_HEAD_MAX), -431);
	assert_int_equal(http1_request(&head, buf, HTTP1_HEAD_MAX + 1), -431);
}

static size_t
many_fields(char *buf, int n)
{
	char *p = stpcpy(buf, "GET / HTTP/1.1\r\nHost: a\r\n");
	int i;

	for (i = 1; i < n; i++)
		p = stpcpy(p, "A: b\r\n");
	return (size_t)(stpcpy(p, "\r\n") - buf);
}

static void
fields_are_counted(void **unused)
{
	static char buf[2048];
	size_t len;

	(void)unused;
	len = many_fields(buf, HTTP1_FIELDS_MAX);
	assert_int_equal(http1_request(&head, buf, len), len);
	assert_int_equal(head.nfields, HTTP1_FIELDS_MAX);
	len = many_fields(buf, HTTP1_FIELDS_MAX + 1);
	assert_int_equal(http1_request(&head, buf, len), -431);
}

static void
every_known_name_has_its_number(void **unused)
{
	static const char *const names[] = {
#define HTTP1_TEXT(id, text) [HTTP1_NAME_##id] = (text),
		HTTP1_NAMES(HTTP1_TEXT)
#undef HTTP1_TEXT
	};
	char upper[64];
	size_t i, n;

	(void)unused;
	for (i = 1; i < HTTP1_NAME_MAX; i++) {
		for (n = 0; names[i][n] != '\0'; n++)
			upper[n] = (char)toupper((unsigned char)names[i][n]);
		assert_int_equal(http1_name(names[i], n), i);
		assert_int_equal(http1_name(upper, n), i);
		upper[n - 1] ^= 1;
		assert_int_equal(http1_name(upper, n), HTTP1_NAME_OTHER);
		assert_int_equal(http1_name(names[i], n - 1), HTTP1_NAME_OTHER);
	}
}

static void
fields_are_found_by_name(void **unused)
{
	static const char text[] =
	    "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a: 2\r\n\r\n";

	(void)unused;
	assert_true(request(text) > 0);
	assert_int_equal(http1_find(&head, text, "x-a", 0), 1);
	assert_int_equal(http1_find(&head, text, "x-a", 2), 2);
	assert_int_equal(http1_find(&head, text, "x-a", 3), -1);
	assert_int_equal(http1_find(&head, text, "x-", 0), -1);
	assert_int_equal(http1_find(&head, text, "x-ab", 0), -1);
}

static void
a_list_gives_its_members(void **unused)
{
	static const char text[] = " ,a, b c\t,,\"x, \\\"y\", z=\"q\" ,";
	static const char *const want[] = { "a", "b c", "\"x, \\\"y\"",
		"z=\"q\"" };
	struct http1_list list = { text, text + sizeof(text) - 1 };
	const char *item;
	size_t i, len;

	(void)unused;
	for (i = 0; i < 4; i++) {
		assert_true(http1_list_next(&list, &item, &len));
		assert_int_equal(len, strlen(want[i]));
		assert_memory_equal(item, want[i], len);
	}
	assert_false(http1_list_next(&list, &item, &len));
	assert_false(http1_list_next(&list, &item, &len));
}

static void
a_growing_head_is_judged_by_the_line(void **unused)
{
	static char buf[HTTP1_HEAD_MAX];

	(void)unused;
	memset(buf, 'a', sizeof(buf));
	assert_false(http1_grew(buf, 10, 11));
	assert_false(http1_grew(buf, 10, 10));
	buf[10] = '\n';
	assert_true(http1_grew(buf, 10, 11));
	assert_false(http1_grew(buf, 11, 12));
	assert_true(http1_grew(buf, 11, HTTP1_LINE_MAX + 4));
	assert_true(http1_grew(buf, HTTP1_HEAD_MAX - 1, HTTP1_HEAD_MAX));
}

static void
tokens_are_told_from_other_text(void **unused)
{
	(void)unused;
	assert_true(http1_is_token("X-Request_id.1~", 15));
	assert_false(http1_is_token("", 0));
	assert_false(http1_is_token("a b", 3));
	assert_false(http1_is_token("a\0", 2));
	assert_false(http1_is_token("a:", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    requests_get_the_same_verdict_however_they_are_cut),
		cmocka_unit_test(
		    responses_get_the_same_verdict_however_they_are_cut),
		cmocka_unit_test(spans_point_at_what_was_sent),
		cmocka_unit_test(an_absolute_target_overrules_host),
		cmocka_unit_test(an_http_1_0_request_may_have_no_host),
		cmocka_unit_test(a_request_without_framing_has_no_body),
		cmocka_unit_test(an_answer_is_framed_by_status_and_method),
		cmocka_unit_test(keep_alive_follows_version_and_connection),
		cmocka_unit_test(an_upgrade_needs_both_fields_and_1_1),
		cmocka_unit_test(only_1_1_expects),
		cmocka_unit_test(hop_by_hop_fields_are_marked),
		cmocka_unit_test(a_request_line_has_a_limit),
		cmocka_unit_test(a_head_has_a_limit),
		cmocka_unit_test(fields_are_counted),
		cmocka_unit_test(every_known_name_has_its_number),
		cmocka_unit_test(fields_are_found_by_name),
		cmocka_unit_test(a_list_gives_its_members),
		cmocka_unit_test(a_growing_head_is_judged_by_the_line),
		cmocka_unit_test(tokens_are_told_from_other_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
