/*
 * Webhooks from the first byte to the rows, without HTTP around them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api_world.h"
#include "db.h"
#include "db_build.h"
#include "db_delivery.h"
#include "db_env.h"
#include "db_hook.h"
#include "db_project.h"
#include "hex.h"
#include "hook.h"
#include "request.h"

#define A "1111111111111111111111111111111111111111"
#define B "2222222222222222222222222222222222222222"
#define C "3333333333333333333333333333333333333333"
#define TEXT_MAX 65536

struct request {
	const char *hook; /* NULL: by ?project= */
	const char *project;
	const char *event;
	const char *delivery;
	const char *type;
	char signature[80];
	int64_t length;
	void *data;
	int is_held;
	int status; /* 0: not answered yet */
	char answer[TEXT_MAX];
};

static struct hook hook;
static struct actor sender = { .address = "192.0.2.7" };

const char *
request_param(const struct request *r, const char *name)
{
	return strcmp(name, "forge") == 0 ? "github" : r->hook;
}

const char *
request_query(const struct request *r, const char *name)
{
	return strcmp(name, "project") == 0 ? r->project : NULL;
}

const char *
request_header(const struct request *r, const char *name)
{
	if (strcmp(name, "X-GitHub-Event") == 0)
		return r->event;
	if (strcmp(name, "X-GitHub-Delivery") == 0)
		return r->delivery;
	if (strcmp(name, "Content-Type") == 0)
		return r->type;
	if (strcmp(name, "X-Hub-Signature-256") == 0)
		return r->signature[0] == '\0' ? NULL : r->signature;
	return NULL;
}

int
request_each_header(const struct request *r,
    int (*f)(const char *, const char *, void *), void *arg)
{
	f("x-github-event", r->event, arg);
	f("X-Hub-Signature-256", r->signature, arg);
	f("X-Hub-Signature", "sha1=1", arg);
	f("Authorization", "Bearer cid_x", arg);
	return f("Cookie", "a=b", arg);
}

const struct actor *
request_actor(const struct request *r)
{
	(void)r;
	return &sender;
}

int64_t
request_length(const struct request *r)
{
	return r->length;
}

void *
request_data(const struct request *r)
{
	return r->data;
}

void
request_set_data(struct request *r, void *data)
{
	r->data = data;
}

void
request_hold(struct request *r, int is_held)
{
	r->is_held = is_held;
}

void
request_cut(struct request *r)
{
	r->is_held = 0;
}

int
request_is_answered(const struct request *r)
{
	return r->status != 0;
}

void
request_refuse(struct request *r, int status, const char *code,
    const char *message, struct json_object *details)
{
	(void)details;
	if (r->status != 0)
		return;
	r->status = status;
	snprintf(r->answer, sizeof(r->answer), "%s: %s", code, message);
}

void
request_replay(struct request *r, int status, const char *json)
{
	r->status = status;
	strlcpy(r->answer, json, sizeof(r->answer));
}

static void
sign(struct request *r, const char *secret, const char *body)
{
	unsigned char sum[32];
	unsigned int len;

	HMAC(EVP_sha256(), secret, (int)strlen(secret),
	    (const unsigned char *)body, strlen(body), sum, &len);
	strcpy(r->signature, "sha256=");
	hex_encode(r->signature + 7, sum, sizeof(sum));
}

static struct request
post(const char *event, const char *delivery, const char *body)
{
	struct request r;

	memset(&r, 0, sizeof(r));
	r.hook = hook.url_id;
	r.event = event;
	r.delivery = delivery;
	r.type = "application/json";
	r.length = (int64_t)strlen(body);
	sign(&r, hook.secret, body);
	return r;
}

/* The body in pieces, as a network would have it. */
static void
arrive(struct request *r, const char *body)
{
	size_t i, n, len = strlen(body);

	for (i = 0; i < len; i += n) {
		n = len - i < 100 ? len - i : 100;
		hook_stream.bytes(r, body + i, n);
	}
	hook_stream.end(r);
}

static void
deliver(struct request *r, const char *body)
{
	hook_stream.begin(r);
	if (r->status == 0)
		arrive(r, body);
	hook_stream.gone(r);
	world_turn();
}

static const char *
push_body(const char *ref, const char *before, const char *after,
    const char *file)
{
	static char body[4096];

	snprintf(body, sizeof(body),
	    "{\"ref\":\"%s\",\"before\":\"%s\",\"after\":\"%s\","
	    "\"repository\":{\"id\":7,\"full_name\":\"baxter/shop\"},"
	    "\"commits\":[{\"added\":[\"%s\"],\"modified\":[],"
	    "\"removed\":[]}],\"head_commit\":{\"message\":\"Mend it\","
	    "\"author\":{\"name\":\"B\",\"email\":\"b@example.org\"}}}",
	    ref, before, after, file);
	return body;
}

static int
begin(void **state)
{
	static int is_begun;

	if (world_begin(state) != 0 ||
	    db_hook_bind(1, world.project, FORGE_GITHUB, "/srv/shop.git",
		&hook) == -1)
		return -1;
	if (!is_begun)
		hook_loop(world.base);
	is_begun = 1;
	world_engine(0);
	return 0;
}

static int64_t
count(const char *what)
{
	int64_t n;

	if (strcmp(what, "builds") == 0)
		assert_int_equal(db_number(&n, "SELECT count(*) FROM build",
				     ""),
		    0);
	else
		assert_int_equal(db_number(&n, "SELECT count(*) FROM delivery",
				     ""),
		    0);
	return n;
}

static void
must_contain(const struct request *r, const char *part)
{
	if (strstr(r->answer, part) == NULL)
		fail_msg("%d %s", r->status, r->answer);
}

static void
a_signed_push_is_accepted(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	struct request r = post("push", "d1", body);
	struct delivery d;
	struct build b;

	(void)unused;
	deliver(&r, body);
	assert_int_equal(r.status, 202);
	must_contain(&r, "\"decision\":\"accepted\"");
	must_contain(&r, "\"build_number\":1");
	assert_int_equal(count("builds"), 1);
	assert_int_equal(db_build_last(world.project, &b), 1);
	assert_string_equal(b.commit, B);
	assert_string_equal(b.author, "B");
	assert_string_equal(b.subject, "Mend it");
	db_build_free(&b);
	assert_int_equal(db_delivery_get(1, &d), 1);
	assert_string_equal(d.headers, "{\"X-GitHub-Event\":\"push\"}");
	assert_string_equal(d.body, body);
	assert_string_equal(d.answer, r.answer);
	db_delivery_free(&d);
}

static void
by_the_projects_number_too(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	struct request r = post("push", "d1", body);

	(void)unused;
	r.hook = NULL;
	r.project = "1";
	deliver(&r, body);
	assert_int_equal(r.status, 202);
}

static void
nobody_can_tell_an_unknown_hook(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	struct request r[5];
	size_t i;

	(void)unused;
	for (i = 0; i < 5; i++)
		r[i] = post("push", "d1", body);
	r[0].hook = "0123456789abcdef0123456789abcdef";
	r[1].signature[20] ^= 1;
	sign(&r[2], "another secret", body);
	r[3].signature[0] = '\0';
	r[4].hook = NULL;
	for (i = 0; i < 5; i++) {
		deliver(&r[i], body);
		assert_int_equal(r[i].status, 401);
		assert_string_equal(r[i].answer, r[0].answer);
	}
	assert_int_equal(count("deliveries"), 0);
}

static int
see_refused(const struct hook_refused *no, void *arg)
{
	assert_string_equal(no->address, "192.0.2.7");
	assert_true(no->head_len <= HOOK_REFUSED_HEAD);
	++*(int *)arg;
	return 0;
}

static void
refused_deliveries_are_kept_in_memory_for_a_while(void **unused)
{
	static char body[5000];
	struct request r;
	int i, seen = 0;

	(void)unused;
	memset(body, 'x', sizeof(body) - 1);
	for (i = 0; i < 100; i++) {
		r = post("push", "d1", body);
		r.signature[20] ^= 1;
		deliver(&r, body);
	}
	hook_each_refused(see_refused, &seen);
	assert_int_equal(seen, 64);
}

static void
the_same_delivery_is_answered_once(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	struct request first = post("push", "d1", body), again = first,
		       other_id = post("push", "d2", body);

	(void)unused;
	deliver(&first, body);
	deliver(&again, body);
	assert_int_equal(again.status, 200);
	assert_string_equal(again.answer, first.answer);
	deliver(&other_id, body);
	assert_int_equal(other_id.status, 200);
	assert_string_equal(other_id.answer, first.answer);
	assert_int_equal(count("builds"), 1);
}

static void
every_other_push_says_why(void **unused)
{
	struct project p;
	struct {
		const char *event;
		const char *ref;
		const char *after;
		int status;
		const char *reason;
	} cases[] = {
		{ "ping", "refs/heads/main", B, 200, "\"PING\"" },
		{ "issues", "refs/heads/main", B, 200, "EVENT_IGNORED" },
		{ "push", "refs/tags/v1", B, 200, "TAG_PUSH" },
		{ "push", "refs/heads/next", B, 200, "BRANCH_NO_MATCH" },
		{ "push", "refs/heads/main",
		    "0000000000000000000000000000000000000000", 200,
		    "BRANCH_DELETED" },
		{ "push", "refs/heads/main", C, 200, "PATH_NO_MATCH" },
		{ "push", "main", B, 400, "PAYLOAD_INVALID" },
	};
	struct request r;
	const char *body;
	char id[16];
	size_t i;

	(void)unused;
	assert_int_equal(db_project_get(world.project, &p), 1);
	strcpy(p.path_filter, "src/**");
	assert_int_equal(db_project_save(&p), 0);
	db_project_free(&p);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(id, sizeof(id), "d%zu", i);
		body = push_body(cases[i].ref, A, cases[i].after, id);
		r = post(cases[i].event, id, body);
		deliver(&r, body);
		assert_int_equal(r.status, cases[i].status);
		must_contain(&r, cases[i].reason);
	}
	assert_int_equal(count("builds"), 0);
	assert_int_equal(count("deliveries"), sizeof(cases) / sizeof(cases[0]));
}

static void
another_repository_is_unknown(void **unused)
{
	const char *body = "{\"ref\":\"refs/heads/main\",\"before\":\"" A
			   "\",\"after\":\"" B "\",\"repository\":{\"id\":9,"
			   "\"full_name\":\"baxter/else\"}}";
	struct request r = post("push", "d1", body);

	(void)unused;
	deliver(&r, body);
	assert_int_equal(r.status, 404);
	must_contain(&r, "REPOSITORY_UNKNOWN");
}

static void
the_forges_number_is_learnt(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	struct request r = post("push", "d1", body);
	struct project p;
	const char *other;

	(void)unused;
	deliver(&r, body);
	assert_int_equal(db_project_get(world.project, &p), 1);
	assert_int_equal(p.forge_id, 7);
	db_project_free(&p);
	other = "{\"ref\":\"refs/heads/main\",\"before\":\"" A
		"\",\"after\":\"" B "\",\"repository\":{\"id\":8,"
		"\"full_name\":\"baxter/shop\"}}";
	r = post("push", "d2", other);
	deliver(&r, other);
	assert_int_equal(r.status, 404);
}

static void
one_push_starts_all_its_projects(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "front/x");
	struct request r = post("push", "d1", body);
	int64_t env, id;
	struct project p;
	struct hook same;

	(void)unused;
	id = world_project("front", &env);
	assert_int_equal(db_hook_bind(1, id, FORGE_GITHUB, "/srv/shop.git",
			     &same),
	    0);
	assert_string_equal(same.url_id, hook.url_id);
	id = world_project("back", &env);
	assert_int_equal(db_hook_bind(1, id, FORGE_GITHUB, "/srv/shop.git",
			     &same),
	    0);
	assert_int_equal(db_project_get(id, &p), 1);
	strcpy(p.path_filter, "back/**");
	assert_int_equal(db_project_save(&p), 0);
	db_project_free(&p);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
	assert_int_equal(count("builds"), 2);
	must_contain(&r, "\"project\":\"shop\"");
	must_contain(&r, "\"project\":\"front\"");
	must_contain(&r, "\"reason\":\"PATH_NO_MATCH\"");
}

static void
git_decides_about_a_forced_push(void **unused)
{
	static char body[4096];
	struct project p;
	struct request r;

	(void)unused;
	assert_int_equal(db_project_get(world.project, &p), 1);
	strcpy(p.path_filter, "src/**");
	assert_int_equal(db_project_save(&p), 0);
	db_project_free(&p);
	snprintf(body, sizeof(body), "%s",
	    push_body("refs/heads/main", A, B, "x"));
	body[strlen(body) - 1] = '\0';
	strlcat(body, ",\"forced\":true}", sizeof(body));
	r = post("push", "d1", body);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
	must_contain(&r, "\"decision\":\"pending\"");
	must_contain(&r, "\"build_number\":null");
}

static void
an_older_push_that_comes_late_is_left_out(void **unused)
{
	struct request r;
	const char *body;

	(void)unused;
	body = push_body("refs/heads/main", B, C, "x");
	r = post("push", "d2", body);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
	body = push_body("refs/heads/main", A, B, "x");
	r = post("push", "d1", body);
	deliver(&r, body);
	assert_int_equal(r.status, 200);
	must_contain(&r, "SUPERSEDED");
	body = push_body("refs/heads/main", C, A, "x");
	r = post("push", "d3", body);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
}

static void
a_head_may_be_pushed_again(void **unused)
{
	struct request r;
	const char *body;
	char id[16];
	int i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		snprintf(id, sizeof(id), "d%d", i);
		body = push_body("refs/heads/main", B, B, id);
		r = post("push", id, body);
		deliver(&r, body);
		assert_int_equal(r.status, 202);
	}
}

/* Whether it lies on the branch is for git to say. */
static void
what_was_pushed_over_is_not_older(void **unused)
{
	static char body[4096];
	struct request r;

	(void)unused;
	snprintf(body, sizeof(body), "%s",
	    push_body("refs/heads/main", B, C, "x"));
	body[strlen(body) - 1] = '\0';
	strlcat(body, ",\"forced\":true}", sizeof(body));
	r = post("push", "d1", body);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
	snprintf(body, sizeof(body), "%s",
	    push_body("refs/heads/main", A, B, "x"));
	r = post("push", "d2", body);
	deliver(&r, body);
	assert_int_equal(r.status, 202);
}

static void
a_form_is_read_too(void **unused)
{
	const char *body = "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%2C"
			   "%22before%22%3A%22" A "%22%2C%22after%22%3A%22" B
			   "%22%2C%22repository%22%3A%7B%22id%22%3A7%2C"
			   "%22full_name%22%3A%22baxter%2Fshop%22%7D%7D";
	struct request r = post("push", "d1", body);

	(void)unused;
	r.type = "application/x-www-form-urlencoded";
	deliver(&r, body);
	assert_int_equal(r.status, 202);
}

static void
what_can_not_be_is_refused_by_its_head(void **unused)
{
	struct request r = post("push", "d1", "{}");

	(void)unused;
	r.length = 25 * 1024 * 1024 + 1;
	deliver(&r, "");
	assert_int_equal(r.status, 413);
	r = post("push", "d1", "{}");
	r.type = "text/plain";
	deliver(&r, "");
	assert_int_equal(r.status, 415);
	r = post("push", "d1", "{}");
	r.length = 1;
	deliver(&r, "{}");
	assert_int_equal(r.status, 413);
}

static void
the_ninth_waits_for_a_place(void **unused)
{
	const char *body = push_body("refs/heads/main", A, B, "x");
	static struct request r[10];
	size_t i;

	(void)unused;
	for (i = 0; i < 10; i++) {
		r[i] = post("push", "d1", body);
		hook_stream.begin(&r[i]);
		assert_int_equal(r[i].status, 0);
		assert_int_equal(r[i].is_held, i >= 8);
	}
	arrive(&r[0], body);
	assert_int_equal(r[0].status, 202);
	hook_stream.gone(&r[0]);
	assert_int_equal(r[8].is_held, 0);
	assert_int_equal(r[9].is_held, 1);
	hook_stream.gone(&r[9]);
	for (i = 1; i < 9; i++) {
		arrive(&r[i], body);
		assert_int_equal(r[i].status, 200);
		hook_stream.gone(&r[i]);
	}
	world_turn();
	assert_int_equal(count("builds"), 1);
}

#define RUN(test) cmocka_unit_test_setup_teardown(test, begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(a_signed_push_is_accepted),
		RUN(by_the_projects_number_too),
		RUN(nobody_can_tell_an_unknown_hook),
		RUN(refused_deliveries_are_kept_in_memory_for_a_while),
		RUN(the_same_delivery_is_answered_once),
		RUN(every_other_push_says_why),
		RUN(another_repository_is_unknown),
		RUN(the_forges_number_is_learnt),
		RUN(one_push_starts_all_its_projects),
		RUN(git_decides_about_a_forced_push),
		RUN(an_older_push_that_comes_late_is_left_out),
		RUN(a_head_may_be_pushed_again),
		RUN(what_was_pushed_over_is_not_older),
		RUN(a_form_is_read_too),
		RUN(what_can_not_be_is_refused_by_its_head),
		RUN(the_ninth_waits_for_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
