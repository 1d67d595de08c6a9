/*
 * The real cid-deployer judges releases that are slow, wrong, hostile or
 * dead.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "deployer_rig.h"
#include "msg_conf.h"
#include "reason.h"

#define QUICK "\"interval_ms\":100,\"retries\":2"

static const char *program;
static struct rig rig;

static const struct rig_slot empty = { "empty", 0 };
static const struct rig_slot first = { "deployed", 1 };

/* A first release runs, and is about to be checked. */
static int
begin(void **unused)
{
	(void)unused;
	if (rig_start(&rig, program) == -1)
		return -1;
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	rig_list(&rig);
	return 0;
}

static int
end(void **unused)
{
	(void)unused;
	return rig_stop(&rig);
}

static void
run_it(const char *health)
{
	rig.health = health;
	rig_want(&rig, first, empty);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_hear(&rig.api, MSG_RELEASE_STARTED);
}

/* The slot's port stays taken, but nobody listens there any more. */
static void
close_port(void)
{
	struct sockaddr_in sin;
	int fd;

	close(rig.listener[SLOT_BLUE]);
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(RIG_BLUE);
	sin.sin_port = htons(rig.port[SLOT_BLUE]);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	rig.listener[SLOT_BLUE] = fd;
}

static void
open_port(void)
{
	assert_int_equal(listen(rig.listener[SLOT_BLUE], 16), 0);
}

/*
 * All tries fail, however many there is time for; the builder is asked and
 * answers.
 */
static const struct msg_release *
fail_with(const char *ports, const char *why)
{
	const struct msg_release_try *t;
	const struct msg_release *asked;
	struct msg_release r;
	uint32_t n = 0;

	asked = rig_hear(&rig.builder, MSG_CONTAINER_TAIL);
	assert_int_equal(asked->release_id, 1);
	assert_int_equal(asked->build_id, 101);
	r = *asked;
	rig_say(&rig.builder, MSG_CONTAINER_PORTS, &r, sizeof(r), ports);
	while ((t = rig_hear_unless(&rig.api, MSG_RELEASE_TRY,
		    MSG_RELEASE_FAILED)) != NULL) {
		assert_int_equal(t->ok, 0);
		assert_int_equal(t->attempt, ++n);
		assert_true(t->attempt <= t->attempts_max);
		assert_string_equal(rig_tail(), why);
	}
	assert_true(n > 0);
	return rig_data();
}

static void
an_app_that_listens_nowhere_is_unhealthy(void **unused)
{
	const struct msg_release *r;

	(void)unused;
	close_port();
	run_it("{\"kind\":\"http\",\"path\":\"/up\"," QUICK "}");
	r = fail_with("", "connection refused");
	assert_int_equal(r->reason, REASON_UNHEALTHY);
	assert_non_null(strstr(rig_tail(), "connection refused"));
	/* It is left for cid-api to empty. */
	rig_silence(&rig, &rig.builder);
}

static void
an_app_that_listens_elsewhere_is_told_so(void **unused)
{
	const struct msg_release *r;

	(void)unused;
	close_port();
	run_it("{\"kind\":\"tcp\"," QUICK "}");
	r = fail_with("9 10", "connection refused");
	assert_int_equal(r->reason, REASON_WRONG_PORT);
	assert_non_null(strstr(rig_tail(), "listens on 9, 10, not on "));
}

static void
a_connection_is_enough_for_tcp(void **unused)
{
	const struct msg_release_try *t;

	(void)unused;
	run_it("{\"kind\":\"tcp\"," QUICK "}");
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->ok, 1);
	assert_int_equal(t->http_status, 0);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
}

static void
an_app_is_live_when_it_listens(void **unused)
{
	const struct msg_release_try *t;

	(void)unused;
	close_port();
	run_it("{\"kind\":\"tcp\",\"interval_ms\":5000}");
	open_port();
	do
		t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	while (!t->ok);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
}

static void
only_the_expected_status_is_fine(void **unused)
{
	const struct msg_release_try *t;

	(void)unused;
	run_it("{\"kind\":\"http\",\"path\":\"/up\",\"status\":204,"
	       "\"interval_ms\":1000,\"retries\":5}");
	rig_answer(&rig, SLOT_BLUE, "HTTP/1.1 200 OK\r\n\r\n");
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->ok, 0);
	rig_answer(&rig, SLOT_BLUE,
	    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 None\r\n\r\n");
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->ok, 1);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
}

static void
nothing_an_app_answers_does_harm(void **unused)
{
	static char endless[6000];
	static const struct {
		const char *answer;
		const char *text;
	} cases[] = {
		{ "SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
		    "the answer is not HTTP/1.1" },
		{ "", "the connection was closed without an answer" },
		{ "HTTP/1.1 200 O",
		    "the connection was closed without an answer" },
		{ endless, "the answer's head is longer than 4 KB" },
		{ "HTTP/1.1 500 No\r\n\r\n", "answered 500" },
	};
	const struct msg_release_try *t;
	size_t i;

	(void)unused;
	strcpy(endless, "HTTP/1.1 200 OK\r\nA: ");
	memset(endless + 20, 'a', sizeof(endless) - 21);
	run_it("{\"kind\":\"http\",\"path\":\"/up\","
	       "\"interval_ms\":50,\"retries\":1000}");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_answer(&rig, SLOT_BLUE, cases[i].answer);
		t = rig_hear(&rig.api, MSG_RELEASE_TRY);
		assert_int_equal(t->ok, 0);
		assert_string_equal(rig_tail(), cases[i].text);
	}
}

static void
a_silent_app_is_given_up_in_time(void **unused)
{
	const struct msg_release_try *t;

	(void)unused;
	run_it("{\"kind\":\"http\",\"path\":\"/up\",\"timeout_ms\":50,"
	       "\"interval_ms\":1000,\"retries\":5}");
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->ok, 0);
	assert_string_equal(rig_tail(), "no answer in time");
}

static void
staying_up_is_enough_when_that_is_the_rule(void **unused)
{
	const struct msg_release_try *t;

	(void)unused;
	close_port();
	run_it("{\"kind\":\"running\",\"stay_up_ms\":100}");
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->ok, 1);
	assert_true(t->time_ms >= 100);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
}

static void
say_healthcheck(uint32_t state)
{
	struct msg_container m;

	memset(&m, 0, sizeof(m));
	m.env_id = RIG_ENV;
	m.project_id = RIG_PROJECT;
	m.net = RIG_NET;
	m.slot = SLOT_BLUE;
	m.release_id = 1;
	m.state = CONTAINER_RUNNING;
	m.started_ms = 1700000000000;
	m.healthcheck = state;
	rig_say(&rig.builder, MSG_CONTAINER_IS, &m, sizeof(m), "c0ffee");
}

static void
the_images_own_healthcheck_decides(void **unused)
{
	(void)unused;
	close_port();
	rig.health = "{\"kind\":\"image\"}";
	rig_want(&rig, first, empty);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	say_healthcheck(1);
	rig_hear(&rig.api, MSG_RELEASE_STARTED);
	rig_silence(&rig, &rig.api);
	say_healthcheck(2);
	rig_hear(&rig.api, MSG_RELEASE_TRY);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
}

static void
an_image_that_calls_itself_unhealthy_is(void **unused)
{
	const struct msg_release *r;

	(void)unused;
	rig.health = "{\"kind\":\"image\"}";
	rig_want(&rig, first, empty);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	say_healthcheck(1);
	rig_hear(&rig.api, MSG_RELEASE_STARTED);
	say_healthcheck(3);
	r = fail_with("", "the image's HEALTHCHECK says unhealthy");
	assert_int_equal(r->reason, REASON_UNHEALTHY);
}

static void
a_container_that_ends_is_asked_for_its_last_words(void **unused)
{
	const struct msg_release *r;
	struct msg_release copy;

	(void)unused;
	run_it("{\"kind\":\"running\",\"stay_up_ms\":60000}");
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	r = rig_hear(&rig.builder, MSG_CONTAINER_TAIL);
	copy = *r;
	rig_silence(&rig, &rig.api);
	rig_say(&rig.builder, MSG_CONTAINER_PORTS, &copy, sizeof(copy), "");
	r = rig_hear(&rig.api, MSG_RELEASE_FAILED);
	assert_int_equal(r->reason, REASON_CONTAINER_EXITED);
	assert_non_null(strstr(rig_tail(), "exit code 3"));
	/* What failed is not started again by itself. */
	rig_silence(&rig, &rig.builder);
}

static void
a_container_that_never_came_up_failed_as_well(void **unused)
{
	(void)unused;
	rig.health = "{\"kind\":\"running\"}";
	rig_want(&rig, first, empty);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_hear(&rig.builder, MSG_CONTAINER_TAIL);
	/* The builder's end does not keep the reason back for ever. */
	rig_hear(&rig.api, MSG_RELEASE_FAILED);
}

static void
the_engines_end_is_not_held_against_a_release(void **unused)
{
	(void)unused;
	run_it("{\"kind\":\"running\",\"stay_up_ms\":60000}");
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_hear(&rig.builder, MSG_CONTAINER_TAIL);
	rig_engine(&rig, 0);
	rig_silence(&rig, &rig.api);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.api);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(an_app_that_listens_nowhere_is_unhealthy),
		TEST(an_app_that_listens_elsewhere_is_told_so),
		TEST(a_connection_is_enough_for_tcp),
		TEST(an_app_is_live_when_it_listens),
		TEST(only_the_expected_status_is_fine),
		TEST(nothing_an_app_answers_does_harm),
		TEST(a_silent_app_is_given_up_in_time),
		TEST(staying_up_is_enough_when_that_is_the_rule),
		TEST(the_images_own_healthcheck_decides),
		TEST(an_image_that_calls_itself_unhealthy_is),
		TEST(a_container_that_ends_is_asked_for_its_last_words),
		TEST(a_container_that_never_came_up_failed_as_well),
		TEST(the_engines_end_is_not_held_against_a_release),
	};

	(void)argc;
	if (geteuid() != 0) {
		printf("deployer_health: not root, skipped\n");
		return 0;
	}
	program = argv[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
