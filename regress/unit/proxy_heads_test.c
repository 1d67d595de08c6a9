#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forward.h"
#include "http1.h"
#include "page.h"
#include "reply.h"
#include "text.h"

#define ID "00000000000000ff"
#define ADDED \
	"X-Forwarded-For: 192.0.2.7\r\nX-Real-IP: 192.0.2.7\r\n" \
	"X-Forwarded-Proto: http\r\n"
#define ADDED_HOST(host) \
	ADDED "X-Forwarded-Host: " host "\r\nX-Request-Id: " ID "\r\n"
#define ADDED_PREFIX(host, prefix) \
	ADDED "X-Forwarded-Host: " host "\r\nX-Forwarded-Prefix: " prefix \
	      "\r\nX-Request-Id: " ID "\r\n"

static struct http1_head head;
static char out[65536];

static void
expect_forward(const char *in, const char *prefix, int to_project,
    const char *want)
{
	struct forward f = { .head = &head, .buf = in, .prefix = prefix };
	struct text t;

	f.head_len = (size_t)http1_request(&head, in, strlen(in));
	assert_int_equal(f.head_len, strlen(in));
	f.client = "192.0.2.7";
	f.host = "app.example";
	f.id = 255;
	f.upgrade = forward_upgrade(&head, in);
	f.to_project = to_project;
	text_init(&t, out, sizeof(out) - 1);
	forward_write(&t, &f);
	assert_false(t.full);
	out[text_len(&t)] = '\0';
	assert_string_equal(out, want);
	/* What goes on is as strict as what came. */
	assert_int_equal(http1_request(&head, out, text_len(&t)), text_len(&t));
}

static void
a_prefix_is_taken_off_and_told(void **unused)
{
	(void)unused;
	expect_forward("GET /hello/a?b HTTP/1.1\r\nHost: a\r\n\r\n", "/hello",
	    1,
	    "GET /a?b HTTP/1.1\r\nHost: a\r\n" ADDED_PREFIX("a",
		"/hello") "\r\n");
	expect_forward("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "/hello", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\n" ADDED_PREFIX("a", "/hello") "\r\n");
	expect_forward("GET /hello?b HTTP/1.1\r\nHost: a\r\n\r\n", "/hello", 1,
	    "GET /?b HTTP/1.1\r\nHost: a\r\n" ADDED_PREFIX("a",
		"/hello") "\r\n");
}

static void
what_the_client_says_of_itself_is_replaced(void **unused)
{
	(void)unused;
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\n"
		       "X-Forwarded-For: 6.6.6.6\r\nX-REAL-IP: 6.6.6.6\r\n"
		       "X_Forwarded_For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n"
		       "X-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n"
		       "X-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /c\r\n"
		       "X-Request-Id: 1\r\nx-real_ip: 6.6.6.6\r\n"
		       "my_field: kept\r\n\r\n",
	    "", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\nmy_field: kept\r\n" ADDED_HOST(
		"a") "\r\n");
}

static void
hop_by_hop_fields_stay_here(void **unused)
{
	(void)unused;
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n"
		       "Connection: close, x-one\r\nX-One: 1\r\nB: 2\r\n"
		       "Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: foo\r\n\r\n",
	    "", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n" ADDED_HOST(
		"a") "\r\n");
}

static void
framing_is_written_anew(void **unused)
{
	(void)unused;
	expect_forward("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n"
		       "A: 1\r\n\r\n",
	    "", 1,
	    "POST / HTTP/1.1\r\nHost: a\r\nA: 1\r\n" ADDED_HOST(
		"a") "Content-Length: 7\r\n\r\n");
	expect_forward("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
		       "\r\n",
	    "", 1,
	    "POST / HTTP/1.1\r\nHost: a\r\n" ADDED_HOST(
		"a") "Content-Length: 0\r\n\r\n");
	expect_forward("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n"
		       "Host: a\r\n\r\n",
	    "", 1,
	    "POST / HTTP/1.1\r\nHost: a\r\n" ADDED_HOST(
		"a") "Transfer-Encoding: chunked\r\n\r\n");
}

static void
an_absolute_target_becomes_a_path(void **unused)
{
	(void)unused;
	expect_forward("GET http://b:81/c HTTP/1.1\r\nHost: a\r\n\r\n", "", 1,
	    "GET /c HTTP/1.1\r\nHost: b:81\r\n" ADDED_HOST("b:81") "\r\n");
	expect_forward("GET http://b?c HTTP/1.1\r\nHost: a\r\n\r\n", "", 1,
	    "GET /?c HTTP/1.1\r\nHost: b\r\n" ADDED_HOST("b") "\r\n");
}

static void
an_old_request_becomes_a_new_one(void **unused)
{
	(void)unused;
	expect_forward("GET /a HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", "", 1,
	    "GET /a HTTP/1.1\r\nHost: app.example\r\n" ADDED "X-Request-Id: " ID
	    "\r\n\r\n");
}

static void
an_upgrade_is_asked_for_again(void **unused)
{
	(void)unused;
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
		       "Connection: keep-alive, Upgrade\r\n\r\n",
	    "", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\n" ADDED_HOST(
		"a") "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

static void
some_upgrades_are_not_passed_on(void **unused)
{
	static const char *const fields[] = {
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
		"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
		"Upgrade: H2C\r\nConnection: Upgrade\r\n",
		"Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n",
		"Upgrade: a\r\nUpgrade: b\r\nConnection: Upgrade\r\n",
	};
	char in[512];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		stpcpy(stpcpy(stpcpy(in, "GET / HTTP/1.1\r\nHost: a\r\n"),
			   fields[i]),
		    "\r\n");
		expect_forward(in, "", 1,
		    "GET / HTTP/1.1\r\nHost: a\r\n" ADDED_HOST("a") "\r\n");
	}
	expect_forward("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
		       "Connection: Upgrade\r\nContent-Length: 1\r\n\r\n",
	    "", 1,
	    "POST / HTTP/1.1\r\nHost: a\r\n" ADDED_HOST(
		"a") "Content-Length: 1\r\n\r\n");
}

static void
keys_and_cookies_of_cid_never_reach_a_project(void **unused)
{
	(void)unused;
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: cid_t_r_x\r\n"
		       "Authorization: Bearer  cid_t_owner_x\r\nA: 1\r\n"
		       "Cookie: a=1; cid_session=2;b=cid_3 ; __Host-cid=4\r\n"
		       "Cookie: cid_session=5\r\nX_API_Key: cid_x\r\n\r\n",
	    "", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nCookie: a=1; "
	    "b=cid_3\r\n" ADDED_HOST("a") "\r\n");
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: theirs\r\n"
		       "Authorization: Basic Y2lkXzpw\r\n\r\n",
	    "", 1,
	    "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: theirs\r\n"
	    "Authorization: Basic Y2lkXzpw\r\n" ADDED_HOST("a") "\r\n");
}

static void
the_api_gets_keys_and_cookies_as_they_are(void **unused)
{
	(void)unused;
	expect_forward("GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: cid_t_r_x\r\n"
		       "Cookie: a=1;cid_session=2\r\n\r\n",
	    "", 0,
	    "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: cid_t_r_x\r\n"
	    "Cookie: a=1;cid_session=2\r\n" ADDED_HOST("a") "\r\n");
}

static void
what_does_not_fit_is_noticed(void **unused)
{
	static const char in[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	struct forward f = { .head = &head, .buf = in, .prefix = "" };
	struct text t;

	(void)unused;
	f.head_len = (size_t)http1_request(&head, in, strlen(in));
	f.client = f.host = "";
	f.upgrade = -1;
	text_init(&t, out, 40);
	forward_write(&t, &f);
	assert_true(t.full);
	assert_in_range(text_len(&t), 0, 40);
}

static struct reply reply;
static int head_request;

static void
expect_reply(const char *in, const char *want)
{
	struct text t;

	reply.head = &head;
	reply.buf = in;
	reply.head_len =
	    (size_t)http1_response(&head, in, strlen(in), head_request);
	assert_int_equal(reply.head_len, strlen(in));
	text_init(&t, out, sizeof(out) - 1);
	reply_write(&t, &reply);
	assert_false(t.full);
	out[text_len(&t)] = '\0';
	assert_string_equal(out, want);
}

static int
plain_reply(void **unused)
{
	(void)unused;
	memset(&reply, 0, sizeof(reply));
	reply.cookies.prefix = "";
	reply.from_project = 1;
	reply.minor = 1;
	reply.keepalive = 1;
	return 0;
}

static void
an_answer_loses_what_is_not_for_the_visitor(void **unused)
{
	(void)unused;
	expect_reply("HTTP/1.1 200 Fine\r\nA: 1\r\nConnection: x-b, close\r\n"
		     "X-B: 2\r\nKeep-Alive: 5\r\nContent-Length: 05\r\nC: 3\r\n"
		     "Clear-Site-Data: *\r\nService-Worker-Allowed: /\r\n\r\n",
	    "HTTP/1.1 200 Fine\r\nA: 1\r\nC: 3\r\nClear-Site-Data: *\r\n"
	    "Service-Worker-Allowed: /\r\nContent-Length: 5\r\n\r\n");
	reply.cookies.prefix = "/hello";
	expect_reply("HTTP/1.0 404 \r\nclear-site-data: *\r\nA: 1\r\n"
		     "SERVICE-WORKER-ALLOWED: /\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 404 \r\nA: 1\r\nContent-Length: 0\r\n\r\n");
}

static void
an_answer_is_framed_for_its_reader(void **unused)
{
	static const char chunked[] =
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	static const char bare[] = "HTTP/1.1 200 OK\r\n\r\n";

	(void)unused;
	expect_reply(chunked, chunked);
	reply.minor = 0;
	expect_reply(chunked,
	    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n");
	reply.keepalive = 0;
	expect_reply(chunked, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	expect_reply(bare, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	reply.minor = reply.keepalive = head_request = 1;
	expect_reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	head_request = 0;
	expect_reply("HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 204 \r\n\r\n");
	expect_reply("HTTP/1.1 103 Hint\r\nLink: a\r\n\r\n",
	    "HTTP/1.1 103 Hint\r\nLink: a\r\n\r\n");
	expect_reply("HTTP/1.1 101 Switching Protocols\r\nA: b\r\n"
		     "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
	    "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n"
	    "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

struct cookie_case {
	const char *in;
	const char *want; /* NULL: none goes on */
};

static void
expect_cookies(const struct cookie_case *cases, size_t n,
    const struct cookie_rule *rule)
{
	struct text t;
	size_t i;
	int kept;

	for (i = 0; i < n; i++) {
		text_init(&t, out, sizeof(out) - 1);
		kept =
		    cookie_answer(&t, cases[i].in, strlen(cases[i].in), rule);
		out[text_len(&t)] = '\0';
		assert_int_equal(kept, cases[i].want != NULL);
		assert_string_equal(out, kept ? cases[i].want : "");
	}
}

#define COOKIES(cases, rule) \
	expect_cookies(cases, sizeof(cases) / sizeof((cases)[0]), rule)

static void
a_path_routed_cookie_stays_below_its_prefix(void **unused)
{
	static const struct cookie_case cases[] = {
		{ "a=b", "a=b" },
		{ "a=b; Path=/", "a=b; Path=/hello" },
		{ "a=b;path=/x; Secure", "a=b; Path=/hello/x; Secure" },
		{ "a=b; PATH = /x", "a=b; Path=/hello/x" },
		{ "a=b; Path=/hello", "a=b; Path=/hello" },
		{ "a=b; Path=/hello/x", "a=b; Path=/hello/x" },
		{ "a=b; Path=/hellox", "a=b; Path=/hello/hellox" },
		{ "a=b; Path=", "a=b; Path=/hello" },
		{ "a=b; Path", "a=b; Path=/hello" },
		{ "a=b; Path=x", "a=b; Path=/hello" },
		{ "a=b; Path=\"/\"", "a=b; Path=/hello" },
		{ "a=b; Path=/hello; Path=/", "a=b; Path=/hello; Path=/hello" },
		{ "a=b; Domain=example.com; HttpOnly", "a=b; HttpOnly" },
		{ "a=b; domain=.b; Path=/", "a=b; Path=/hello" },
		{ "a=b;;", "a=b; ; " },
		{ "cid_session=1; Path=/", NULL },
		{ " CID_x=1", NULL },
		{ "__Host-cid=1; Path=/", NULL },
		{ "__Host-cid-s=1", NULL },
		{ "=cid_session=1", NULL },
		{ "= =cid_session=1", NULL },
		{ "cid=1", "cid=1" },
		{ "__Host-x=1; Path=/", "__Host-x=1; Path=/hello" },
	};
	static const struct cookie_rule rule = { "/hello", 0, 1 };

	(void)unused;
	COOKIES(cases, &rule);
}

static void
a_cookie_without_path_at_the_bare_prefix_gets_one(void **unused)
{
	static const struct cookie_case cases[] = {
		{ "a=b", "a=b; Path=/hello" },
		{ "a=b; Secure", "a=b; Secure; Path=/hello" },
		{ "a=b; Path=/x", "a=b; Path=/hello/x" },
	};
	static const struct cookie_rule rule = { "/hello", 1, 1 };

	(void)unused;
	COOKIES(cases, &rule);
}

static void
a_custom_host_keeps_its_cookies_but_cids(void **unused)
{
	static const struct cookie_case cases[] = {
		{ "a=b; Path=/; Domain=shop.example",
		    "a=b; Path=/; Domain=shop.example" },
		{ "cid_session=1", NULL },
	};
	static const struct cookie_rule rule = { "", 0, 0 };

	(void)unused;
	COOKIES(cases, &rule);
}

static void
an_answer_of_a_project_sets_no_cookie_of_cid(void **unused)
{
	(void)unused;
	expect_reply("HTTP/1.1 204 \r\nSet-Cookie: a=b\r\n"
		     "Set-Cookie: cid_session=1\r\nA: 1\r\n\r\n",
	    "HTTP/1.1 204 \r\nSet-Cookie: a=b\r\nA: 1\r\n\r\n");
	reply.from_project = 0;
	expect_reply("HTTP/1.1 204 \r\nSet-Cookie: cid_session=1\r\n\r\n",
	    "HTTP/1.1 204 \r\nSet-Cookie: cid_session=1\r\n\r\n");
}

static void
a_page_is_a_proper_answer(void **unused)
{
	static const int statuses[] = { 400, 404, 405, 408, 411, 413, 414, 417,
		421, 431, 501, 502, 503, 504, 505 };
	struct page pg = { .minor = 1, .date = 1582977600 };
	struct text t;
	ssize_t n;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		pg.status = statuses[i];
		pg.json = (int)i % 2;
		text_init(&t, out, sizeof(out));
		page_write(&t, &pg);
		n = http1_response(&head, out, text_len(&t), 0);
		assert_true(n > 0);
		assert_int_equal(head.status, statuses[i]);
		assert_int_equal((size_t)n + (size_t)head.content_length,
		    text_len(&t));
		assert_false(head.keepalive);
		assert_int_not_equal(http1_find(&head, out, "x-request-id", 0),
		    -1);
		assert_non_null(
		    strstr(out, "\r\nDate: Sat, 29 Feb 2020 12:00:00 GMT\r\n"));
	}
}

static void
a_page_for_head_has_no_body(void **unused)
{
	struct page pg = { .status = 404, .head_request = 1, .keepalive = 1 };
	struct text t;

	(void)unused;
	text_init(&t, out, sizeof(out));
	page_write(&t, &pg);
	assert_int_equal(http1_response(&head, out, text_len(&t), 1),
	    text_len(&t));
	assert_true(head.content_length > 0);
	assert_true(head.keepalive);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_is_taken_off_and_told),
		cmocka_unit_test(what_the_client_says_of_itself_is_replaced),
		cmocka_unit_test(hop_by_hop_fields_stay_here),
		cmocka_unit_test(framing_is_written_anew),
		cmocka_unit_test(an_absolute_target_becomes_a_path),
		cmocka_unit_test(an_old_request_becomes_a_new_one),
		cmocka_unit_test(an_upgrade_is_asked_for_again),
		cmocka_unit_test(some_upgrades_are_not_passed_on),
		cmocka_unit_test(keys_and_cookies_of_cid_never_reach_a_project),
		cmocka_unit_test(the_api_gets_keys_and_cookies_as_they_are),
		cmocka_unit_test(what_does_not_fit_is_noticed),
		cmocka_unit_test_setup(
		    an_answer_loses_what_is_not_for_the_visitor, plain_reply),
		cmocka_unit_test_setup(an_answer_is_framed_for_its_reader,
		    plain_reply),
		cmocka_unit_test(a_path_routed_cookie_stays_below_its_prefix),
		cmocka_unit_test(
		    a_cookie_without_path_at_the_bare_prefix_gets_one),
		cmocka_unit_test(a_custom_host_keeps_its_cookies_but_cids),
		cmocka_unit_test_setup(
		    an_answer_of_a_project_sets_no_cookie_of_cid, plain_reply),
		cmocka_unit_test(a_page_is_a_proper_answer),
		cmocka_unit_test(a_page_for_head_has_no_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
