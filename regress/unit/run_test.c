/*
 * Builds from the queue to their end, by what cid-builder says.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api_world.h"
#include "db.h"
#include "db_build.h"
#include "db_delivery.h"
#include "db_project.h"
#include "reason.h"
#include "removal.h"
#include "run.h"
#include "spec_release.h"
#include "switch.h"

static int
test_stage(void *row, void *arg)
{
	const struct stage_row *s = row;
	int *done = arg;

	*done += s->state == STAGE_ROW_DONE && s->started_ms != 0 &&
	    s->ended_ms >= s->started_ms;
	return 0;
}

static void
say_stage(int64_t id, enum stage stage, enum stage_state state, int reason)
{
	struct msg_build_stage m;

	memset(&m, 0, sizeof(m));
	m.build = world_name(id);
	m.stage = stage;
	m.state = state;
	m.time_ms = 1000;
	m.reason = (uint32_t)reason;
	run_stage(&m);
	world_turn();
}

static void
a_build_goes_its_way(void **unused)
{
	struct msg_tail none = { 0, "" };
	struct msg_release m;
	int64_t id = world_trigger();
	struct build b;
	int i, done = 0;

	(void)unused;
	assert_true(world_said("Queued") || world_said("Starts."));
	must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
	assert_non_null(strstr(world_sent(MSG_BUILD_START)->tail,
	    "\"repo\":\"/srv/shop.git\""));
	for (i = STAGE_SOURCE; i <= STAGE_BUILD; i++) {
		say_stage(id, (enum stage)i, STAGE_BEGAN, 0);
		if (i == STAGE_SOURCE)
			world_spec(id, WORLD_SOURCE);
		say_stage(id, (enum stage)i, STAGE_ENDED, 0);
	}
	assert_non_null(strstr(world_sent(MSG_BUILD_GO)->tail, WORLD_COMMIT));
	world_done(id, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	must_be_build(id, BUILD_STATE_DEPLOYING, REASON_NONE);
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, id);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_DEPLOYED);
	m = world_release(SLOT_BLUE);
	switch_started(&m, none);
	switch_healthy(&m);
	world_turn();
	must_be_build(id, BUILD_STATE_DEPLOYING, REASON_NONE);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, id);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_ACTIVE);
	switch_switched(&m);
	world_turn();
	must_be_build(id, BUILD_STATE_SUCCESS, REASON_NONE);
	assert_true(world_said("live at http://127.0.0.1:8080/shop/"));
	world_build(id, &b);
	assert_string_equal(b.commit, WORLD_COMMIT);
	assert_string_equal(b.subject, "Mend it");
	assert_int_equal(b.number, 1);
	db_build_free(&b);
	db_stage_each(id, test_stage, &done);
	assert_int_equal(done, STAGE_MAX);
}

static void
a_projects_builds_go_one_after_the_other(void **unused)
{
	int64_t one = world_trigger(), two = world_trigger();

	(void)unused;
	must_be_build(one, BUILD_STATE_BUILDING, REASON_NONE);
	must_be_build(two, BUILD_STATE_QUEUED, REASON_NONE);
	world_done(one, BUILD_FAILED, REASON_COMMAND_FAILED, "exit 1");
	must_be_build(one, BUILD_STATE_FAILED, REASON_COMMAND_FAILED);
	assert_true(world_said("COMMAND_FAILED"));
	must_be_build(two, BUILD_STATE_BUILDING, REASON_NONE);
}

/* First of all: the newest build told of is remembered. */
static void
who_waits_is_told_where(void **unused)
{
	(void)unused;
	world_trigger();
	world_trigger();
	assert_true(world_said("Queued at position 1."));
	world_trigger();
	assert_true(world_said("Queued at position 2."));
}

static void
what_could_not_be_written_is_asked_for_again(void **unused)
{
	int64_t id = world_trigger();

	(void)unused;
	world_forget();
	assert_int_equal(
	    db_exec("CREATE TRIGGER full BEFORE UPDATE ON build BEGIN "
		    "SELECT RAISE(ABORT, 'full'); END",
		""),
	    0);
	world_done(id, BUILD_FAILED, REASON_COMMAND_FAILED, "");
	must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
	assert_int_equal(db_exec("DROP TRIGGER full", ""), 0);
	world_wait();
	assert_int_equal(world_count(MSG_BUILD_START), 1);
	assert_int_equal(world_count(MSG_BUILD_SYNC), 1);
	assert_int_equal(world_count(MSG_RELEASE_SYNC), 1);
	world_done(id, BUILD_FAILED, REASON_COMMAND_FAILED, "");
	must_be_build(id, BUILD_STATE_FAILED, REASON_COMMAND_FAILED);
}

static void
projects_share_the_places(void **unused)
{
	int64_t env, shop = world.project, ids[3];
	char name[16];
	int i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		world.project = world_project(name, &env);
		ids[i] = world_trigger();
	}
	world.project = shop;
	must_be_build(ids[0], BUILD_STATE_BUILDING, REASON_NONE);
	must_be_build(ids[1], BUILD_STATE_BUILDING, REASON_NONE);
	must_be_build(ids[2], BUILD_STATE_QUEUED, REASON_NONE);
	world_done(ids[1], BUILD_FAILED, REASON_TIMED_OUT, "");
	must_be_build(ids[2], BUILD_STATE_BUILDING, REASON_NONE);
}

static void
without_the_engine_builds_wait_and_say_so(void **unused)
{
	int64_t id;

	(void)unused;
	world_engine(0);
	id = world_trigger();
	must_be_build(id, BUILD_STATE_QUEUED, REASON_ENGINE_DOWN);
	assert_int_equal(world_count(MSG_BUILD_START), 0);
	world_engine(1);
	must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
	assert_int_equal(world_count(MSG_BUILD_START), 1);
	say_stage(id, STAGE_IMAGE, STAGE_WAITS, REASON_ENGINE_DOWN);
	must_be_build(id, BUILD_STATE_BUILDING, REASON_ENGINE_DOWN);
	say_stage(id, STAGE_IMAGE, STAGE_BEGAN, 0);
	must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
}

static void
without_the_firewall_nothing_is_built(void **unused)
{
	struct build_order order = { NULL, NULL, 0 };
	struct project p;
	struct build b;
	int64_t id;

	(void)unused;
	world_engine(0);
	id = world_trigger();
	world.conf.firewall = 0;
	world_engine(1);
	must_be_build(id, BUILD_STATE_FAILED, REASON_NO_FIREWALL);
	assert_int_equal(db_project_get(world.project, &p), 1);
	assert_int_equal(build_trigger(&p, &order, &world.who, &b),
	    REASON_NO_FIREWALL);
	db_project_free(&p);
}

static void
a_lost_build_is_tried_three_times(void **unused)
{
	int64_t id = world_trigger(), later = world_trigger();
	struct build b;
	int i;

	(void)unused;
	world_spec(id, WORLD_SOURCE);
	for (i = 1; i <= 2; i++) {
		world_done(id, BUILD_LOST, 0, "");
		must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
		must_be_build(later, BUILD_STATE_QUEUED, REASON_NONE);
		world_build(id, &b);
		assert_int_equal(b.attempt, i + 1);
		db_build_free(&b);
		assert_non_null(
		    strstr(world_sent(MSG_BUILD_START)->tail, WORLD_COMMIT));
	}
	world_done(id, BUILD_FAILED, REASON_INTERRUPTED, "");
	must_be_build(id, BUILD_STATE_FAILED, REASON_INTERRUPTED);
	must_be_build(later, BUILD_STATE_BUILDING, REASON_NONE);
}

static void
what_is_said_of_an_older_attempt_is_dropped(void **unused)
{
	struct msg_tail none = { 0, "" };
	int64_t id = world_trigger();
	struct msg_build_end m;

	(void)unused;
	memset(&m, 0, sizeof(m));
	m.build = world_name(id);
	world_done(id, BUILD_LOST, 0, "");
	m.result = BUILD_FAILED;
	m.reason = REASON_COMMAND_FAILED;
	run_done(&m, none);
	world_turn();
	must_be_build(id, BUILD_STATE_BUILDING, REASON_NONE);
}

static void
cancel(int64_t id)
{
	struct build b;

	world_build(id, &b);
	assert_int_equal(build_cancel(&b, REASON_CANCELLED_BY_USER, &world.who),
	    REASON_NONE);
	db_build_free(&b);
	world_turn();
}

static void
a_build_can_be_cancelled_in_every_state(void **unused)
{
	int64_t one = world_trigger(), two = world_trigger(), three;

	(void)unused;
	cancel(two);
	must_be_build(two, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
	cancel(one);
	must_be_build(one, BUILD_STATE_BUILDING, REASON_CANCELLED_BY_USER);
	assert_int_equal(world_count(MSG_BUILD_CANCEL), 1);
	world_spec(one, WORLD_SOURCE);
	assert_int_equal(world_count(MSG_BUILD_GO), 0);
	world_done(one, BUILD_CANCELLED, REASON_CANCELLED_BY_USER, "");
	must_be_build(one, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
	three = world_trigger();
	world_spec(three, WORLD_SOURCE);
	world_done(three, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	cancel(three);
	must_be_build(three, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
	must_be_slot(SLOT_BLUE, SLOT_EMPTY, 0);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_EMPTY);
	cancel(three);
}

static void
a_result_after_the_cancel_does_not_count(void **unused)
{
	int64_t id = world_trigger();

	(void)unused;
	world_spec(id, WORLD_SOURCE);
	cancel(id);
	world_done(id, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	must_be_build(id, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
}

static void
without_the_builder_a_cancel_is_at_once(void **unused)
{
	int64_t id = world_trigger();

	(void)unused;
	world.builder = 0;
	run_builder_down(NULL);
	cancel(id);
	must_be_build(id, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
}

static void
a_new_builder_is_told_what_runs(void **unused)
{
	int64_t one = world_trigger(), env, shop = world.project, two;

	(void)unused;
	world.project = world_project("other", &env);
	two = world_trigger();
	world.project = shop;
	world_spec(one, WORLD_SOURCE);
	cancel(two);
	world.builder = 0;
	run_builder_down(NULL);
	world_turn();
	world_forget();
	world.builder = 1;
	run_builder_up(NULL);
	world_turn();
	must_be_build(two, BUILD_STATE_CANCELLED, REASON_CANCELLED_BY_USER);
	assert_int_equal(world_count(MSG_BUILD_START), 1);
	assert_int_equal(world_count(MSG_BUILD_SYNC), 1);
	assert_non_null(
	    strstr(world_sent(MSG_BUILD_START)->tail, WORLD_COMMIT));
	world_spec(one, WORLD_SOURCE);
	assert_int_equal(world_count(MSG_BUILD_GO), 1);
}

static void
a_wrong_file_ends_the_build(void **unused)
{
	int64_t id = world_trigger();

	(void)unused;
	world_spec(id,
	    "{\"commit\":\"" WORLD_COMMIT "\",\"has_file\":true,"
	    "\"file\":\"{\\\"priority\\\":9}\"}");
	assert_int_equal(world_count(MSG_BUILD_GO), 0);
	assert_int_equal(((const struct msg_build_end *)world_sent(
			      MSG_BUILD_CANCEL)
				 ->data)
			     ->reason,
	    REASON_SPEC_FORBIDDEN_KEY);
	assert_non_null(strstr(world_sent(MSG_BUILD_CANCEL)->tail, "priority"));
	world_done(id, BUILD_CANCELLED, REASON_SPEC_FORBIDDEN_KEY, "");
	must_be_build(id, BUILD_STATE_FAILED, REASON_SPEC_FORBIDDEN_KEY);
}

static int64_t
add_pending(void)
{
	struct build b;

	memset(&b, 0, sizeof(b));
	b.project_id = world.project;
	b.environment_id = world.env;
	b.source = BUILD_FROM_WEBHOOK;
	b.is_pending = 1;
	strcpy(b.branch, "main");
	strcpy(b.commit, WORLD_COMMIT);
	assert_int_equal(db_build_add(&b), 0);
	queue_kick();
	world_turn();
	return b.id;
}

static void
only_git_decides_about_a_pending_build(void **unused)
{
	int64_t no = add_pending(), yes, live;
	struct build b;

	(void)unused;
	assert_non_null(
	    strstr(world_sent(MSG_BUILD_START)->tail, "\"pending\":true"));
	world_spec(no, "{\"commit\":\"" WORLD_COMMIT "\",\"changed\":3}");
	assert_int_equal(world_count(MSG_BUILD_GO), 0);
	world_done(no, BUILD_CANCELLED, REASON_PATH_NO_MATCH, "");
	must_be_build(no, BUILD_STATE_CANCELLED, REASON_PATH_NO_MATCH);
	yes = add_pending();
	world_spec(yes, WORLD_SOURCE);
	assert_int_equal(world_count(MSG_BUILD_GO), 1);
	world_build(no, &b);
	assert_int_equal(b.number, 0);
	db_build_free(&b);
	world_build(yes, &b);
	assert_int_equal(b.number, 1);
	assert_false(b.is_pending);
	db_build_free(&b);
	world_done(yes, BUILD_FAILED, REASON_COMMAND_FAILED, "");
	live = world_go_live();
	add_pending();
	world_build(live, &b);
	assert_non_null(
	    strstr(world_sent(MSG_BUILD_START)->tail, "\"base\":\"0123"));
	db_build_free(&b);
}

static void
a_removed_project_goes_in_order(void **unused)
{
	struct msg_tail none = { 0, "" };
	struct msg_project gone;
	struct project p;
	struct msg_env m;
	int64_t id;

	(void)unused;
	world_go_live();
	id = world_trigger();
	world_forget();
	assert_int_equal(db_project_mark(world.project), 0);
	assert_int_equal(db_project_get(world.project, &p), 1);
	project_removed(&p);
	world_turn();
	assert_int_equal(world_count(MSG_RELEASE_FORGET), 1);
	assert_int_equal(world_count(MSG_PROJECT_REMOVE), 0);
	memset(&m, 0, sizeof(m));
	m.env_id = (uint64_t)world.env;
	removal_forgotten(&m);
	world_turn();
	assert_int_equal(world_count(MSG_PROJECT_REMOVE), 0);
	world_done(id, BUILD_CANCELLED, REASON_PROJECT_DELETED, "");
	must_be_build(id, BUILD_STATE_CANCELLED, REASON_PROJECT_DELETED);
	assert_true(world_count(MSG_PROJECT_REMOVE) > 0);
	assert_int_equal(world.gone, 0);
	gone.project_id = (uint64_t)p.id;
	removal_gone(&gone, none);
	assert_int_equal(world.gone, p.id);
	db_project_free(&p);
}

#define RUN(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(who_waits_is_told_where),
		RUN(a_build_goes_its_way),
		RUN(a_projects_builds_go_one_after_the_other),
		RUN(projects_share_the_places),
		RUN(without_the_engine_builds_wait_and_say_so),
		RUN(without_the_firewall_nothing_is_built),
		RUN(a_lost_build_is_tried_three_times),
		RUN(what_is_said_of_an_older_attempt_is_dropped),
		RUN(a_build_can_be_cancelled_in_every_state),
		RUN(a_result_after_the_cancel_does_not_count),
		RUN(without_the_builder_a_cancel_is_at_once),
		RUN(a_new_builder_is_told_what_runs),
		RUN(a_wrong_file_ends_the_build),
		RUN(only_git_decides_about_a_pending_build),
		RUN(a_removed_project_goes_in_order),
		RUN(what_could_not_be_written_is_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
