/*
 * Releases and slots, by what cid-deployer says, people ask and the clock
 * does.
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
#include "db_project.h"
#include "db_release.h"
#include "db_slot.h"
#include "grace.h"
#include "msg_build.h"
#include "reason.h"
#include "run.h"
#include "spec_release.h"
#include "switch.h"

static const struct msg_tail none = { 0, "" };

/* As far as the deployment. */
static int64_t
build_done(void)
{
	int64_t id = world_trigger();

	world_spec(id, WORLD_SOURCE);
	world_done(id, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	return id;
}

static void
say_drained(int slot)
{
	struct msg_release m = world_release(slot);

	switch_drained(&m);
	world_turn();
}

static void
say_healthy(int slot)
{
	struct msg_release m = world_release(slot);

	switch_started(&m, none);
	switch_healthy(&m);
	world_turn();
}

static void
say_failed(int slot, int reason)
{
	struct msg_tail why = { 5, "no 200" };
	struct msg_release m = world_release(slot);

	m.reason = (uint32_t)reason;
	switch_failed(&m, why);
	world_turn();
}

static struct project
project(void)
{
	struct project p;

	assert_int_equal(db_project_get(world.project, &p), 1);
	return p;
}

static enum reason
roll_back(int64_t build_id)
{
	struct project p = project();
	enum reason r = release_rollback(&p, NULL, build_id, &world.who);

	db_project_free(&p);
	world_turn();
	return r;
}

/* Let this much time go by for the slots. */
static void
pass(int64_t ms)
{
	assert_int_equal(db_exec("UPDATE slot SET since_ms = since_ms - ?1, "
				 "warm_until_ms = warm_until_ms - ?1, "
				 "grace_until_ms = grace_until_ms - ?1",
			     "i", ms),
	    0);
	grace_look();
	world_turn();
}

static void
a_second_release_overtakes_the_first(void **unused)
{
	int64_t one = world_go_live(), two = world_go_live();
	struct slot_row s;

	(void)unused;
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_WARM);
	assert_int_equal(world_wants(SLOT_GREEN), WANT_ACTIVE);
	assert_int_equal(db_slot_get(world.env, SLOT_BLUE, &s), 1);
	assert_true(s.is_warm);
	assert_true(s.grace_until_ms > s.warm_until_ms);
}

/* What a release will displace is stopped while its build runs. */
static void
the_way_back_makes_room_for_a_build(void **unused)
{
	struct msg_build_stage m = { .stage = STAGE_BUILD, .time_ms = 1 };
	int64_t id;

	(void)unused;
	world_go_live();
	world_go_live();
	id = world_trigger();
	world_spec(id, WORLD_SOURCE);
	m.build = world_name(id);
	run_stage(&m);
	world_turn();
	assert_int_equal(world_wants(SLOT_BLUE), WANT_COLD);
	assert_int_equal(world_wants(SLOT_GREEN), WANT_ACTIVE);
	world_done(id, BUILD_FAILED, REASON_COMMAND_FAILED, "");
	world_turn();
	assert_int_equal(world_wants(SLOT_BLUE), WANT_WARM);
}

static void
a_failed_release_leaves_the_active_one_alone(void **unused)
{
	int64_t one = world_go_live(), two = build_done();

	(void)unused;
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, two);
	say_failed(SLOT_GREEN, REASON_UNHEALTHY);
	must_be_build(two, BUILD_STATE_FAILED, REASON_UNHEALTHY);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
	must_be_slot(SLOT_GREEN, SLOT_EMPTY, 0);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_ACTIVE);
	assert_int_equal(world_wants(SLOT_GREEN), WANT_EMPTY);
}

static void
facts_may_come_twice_and_late(void **unused)
{
	int64_t one = world_go_live(), two;
	struct msg_release old = world_release(SLOT_BLUE);

	(void)unused;
	switch_started(&old, none);
	switch_healthy(&old);
	switch_switched(&old);
	two = build_done();
	say_healthy(SLOT_GREEN);
	say_healthy(SLOT_GREEN);
	switch_failed(&old, none);
	switch_healthy(&old);
	switch_switched(&old);
	world_turn();
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	must_be_build(two, BUILD_STATE_DEPLOYING, REASON_NONE);
	old.release_id = 999;
	switch_failed(&old, none);
	switch_drained(&old);
	world_turn();
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
}

static void
a_release_waits_for_the_last_requests_of_its_slot(void **unused)
{
	int64_t one = world_go_live(), two = world_go_live(), three, four;

	(void)unused;
	three = build_done();
	must_be_build(three, BUILD_STATE_DEPLOYING, REASON_NONE);
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	assert_true(world_said("Waits until slot blue"));
	say_drained(SLOT_BLUE);
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, three);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	say_healthy(SLOT_BLUE);
	must_be_slot(SLOT_GREEN, SLOT_GRACE, two);
	world_done(three, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	switch_switched(&(struct msg_release){ .env_id = (uint64_t)world.env,
	    .release_id = world_release(SLOT_BLUE).release_id });
	four = build_done();
	must_be_slot(SLOT_GREEN, SLOT_GRACE, two);
	pass(world.conf.drain_ms + 10000);
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, four);
}

static void
rollback_is_a_swap_while_the_slot_is_warm(void **unused)
{
	int64_t one = world_go_live(), two = world_go_live();

	(void)unused;
	world_forget();
	assert_int_equal(roll_back(0), REASON_NONE);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
	must_be_slot(SLOT_GREEN, SLOT_GRACE, two);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_ACTIVE);
	assert_int_equal(world_wants(SLOT_GREEN), WANT_WARM);
	assert_int_equal(roll_back(0), REASON_NONE);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
}

static void
rollback_to_a_stopped_slot_is_checked_first(void **unused)
{
	int64_t one = world_go_live(), two = world_go_live();

	(void)unused;
	say_drained(SLOT_BLUE);
	pass(3600000);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_COLD);
	assert_int_equal(roll_back(0), REASON_NONE);
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, one);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	say_healthy(SLOT_BLUE);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
	must_be_slot(SLOT_GREEN, SLOT_GRACE, two);
	must_be_build(one, BUILD_STATE_SUCCESS, REASON_NONE);
}

static void
rollback_reaches_any_build_that_was_live(void **unused)
{
	int64_t one = world_go_live(), two, three;

	(void)unused;
	assert_int_equal(roll_back(0), REASON_NOTHING_TO_ROLL_BACK);
	assert_int_equal(roll_back(one), REASON_NOTHING_TO_ROLL_BACK);
	assert_int_equal(roll_back(99), REASON_NOTHING_TO_ROLL_BACK);
	two = world_go_live();
	say_drained(SLOT_BLUE);
	three = world_go_live();
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, three);
	assert_int_equal(roll_back(one), REASON_SLOT_REFUSED);
	say_drained(SLOT_GREEN);
	assert_int_equal(roll_back(one), REASON_NONE);
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, one);
	say_failed(SLOT_GREEN, REASON_ARTIFACT_GONE);
	must_be_slot(SLOT_GREEN, SLOT_EMPTY, 0);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, three);
	must_be_build(one, BUILD_STATE_SUCCESS, REASON_NONE);
	must_be_build(two, BUILD_STATE_SUCCESS, REASON_NONE);
	assert_int_equal(roll_back(0), REASON_NONE);
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, two);
}

static void
rollback_ends_a_release_under_way(void **unused)
{
	int64_t one = world_go_live(), two = world_go_live(), three;

	(void)unused;
	say_drained(SLOT_BLUE);
	three = build_done();
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, three);
	assert_int_equal(roll_back(0), REASON_NONE);
	must_be_build(three, BUILD_STATE_CANCELLED, REASON_ROLLED_BACK);
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, one);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
}

static void
grace_is_warm_then_stopped_then_over(void **unused)
{
	struct release_row r;
	int64_t released;

	(void)unused;
	world_go_live();
	world_go_live();
	released = (int64_t)world_release(SLOT_BLUE).release_id;
	pass(3600000 - 40000);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_WARM);
	pass(41000);
	must_be_slot(SLOT_BLUE, SLOT_GRACE, 0);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_COLD);
	pass((int64_t)47 * 3600000);
	must_be_slot(SLOT_BLUE, SLOT_EMPTY, 0);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_EMPTY);
	assert_int_equal(db_release_get(released, &r), 1);
	assert_int_equal(r.reason, REASON_EXPIRED);
	assert_true(r.ended_ms != 0);
	db_release_free(&r);
}

static void
no_grace_means_stopped_once_drained(void **unused)
{
	(void)unused;
	world.conf.grace_s = 0;
	world_go_live();
	world_go_live();
	must_be_slot(SLOT_BLUE, SLOT_GRACE, 0);
	say_drained(SLOT_BLUE);
	must_be_slot(SLOT_BLUE, SLOT_EMPTY, 0);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, 0);
}

static void
a_manual_release_waits_for_its_promotion(void **unused)
{
	int64_t one = world_go_live(), two;
	struct project p = project();

	(void)unused;
	p.promote = PROMOTE_MANUAL;
	assert_int_equal(db_project_save(&p), 0);
	two = build_done();
	assert_int_equal(release_promote(&p, NULL, &world.who),
	    REASON_SLOT_REFUSED);
	say_healthy(SLOT_GREEN);
	must_be_build(two, BUILD_STATE_SUCCESS, REASON_NONE);
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, two);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
	assert_int_equal(release_promote(&p, NULL, &world.who), REASON_NONE);
	world_turn();
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	db_project_free(&p);
}

static void
stopped_is_the_way_back(void **unused)
{
	struct project p = project();
	int64_t one = world_go_live();

	(void)unused;
	assert_int_equal(release_stop(&p, NULL, &world.who), REASON_NONE);
	world_turn();
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_WARM);
	say_drained(SLOT_BLUE);
	assert_int_equal(world_wants(SLOT_BLUE), WANT_COLD);
	assert_int_equal(release_stop(&p, NULL, &world.who),
	    REASON_SLOT_REFUSED);
	assert_int_equal(release_restart(&p, NULL, &world.who), REASON_NONE);
	world_turn();
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, one);
	say_healthy(SLOT_GREEN);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, one);
	db_project_free(&p);
}

static void
a_restart_never_leaves_visitors_alone(void **unused)
{
	struct project p = project();
	int64_t one = world_go_live();
	struct msg_container is;

	(void)unused;
	assert_int_equal(release_restart(&p, NULL, &world.who), REASON_NONE);
	world_turn();
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
	must_be_slot(SLOT_GREEN, SLOT_DEPLOYED, one);
	say_failed(SLOT_GREEN, REASON_CONTAINER_EXITED);
	memset(&is, 0, sizeof(is));
	is.env_id = (uint64_t)world.env;
	is.release_id = world_release(SLOT_BLUE).release_id;
	is.state = CONTAINER_EXITED;
	switch_is(&is, none);
	assert_int_equal(release_restart(&p, NULL, &world.who), REASON_NONE);
	assert_int_equal(world_count(MSG_RELEASE_RETRY), 1);
	must_be_slot(SLOT_GREEN, SLOT_EMPTY, 0);
	db_project_free(&p);
}

static void
a_slot_keeps_the_port_it_got(void **unused)
{
	struct msg_container is;
	struct slot_row s;

	(void)unused;
	world_go_live();
	assert_non_null(
	    strstr(world_sent(MSG_RELEASE_WANT)->tail, "\"publish\":9011"));
	memset(&is, 0, sizeof(is));
	is.env_id = (uint64_t)world.env;
	is.project_id = (uint64_t)world.project;
	is.release_id = world_release(SLOT_BLUE).release_id;
	is.state = CONTAINER_RUNNING;
	is.published = 9015;
	switch_is(&is, (struct msg_tail){ 3, "abc" });
	world_turn();
	assert_int_equal(db_slot_get(world.env, SLOT_BLUE, &s), 1);
	assert_int_equal(s.port, 9015);
	assert_string_equal(s.container, "abc");
	world_go_live();
	assert_non_null(
	    strstr(world_sent(MSG_RELEASE_WANT)->tail, "\"publish\":9012"));
	say_drained(SLOT_BLUE);
	world_go_live();
	assert_non_null(
	    strstr(world_sent(MSG_RELEASE_WANT)->tail, "\"publish\":9015"));
}

static void
a_new_deployer_is_told_everything(void **unused)
{
	int64_t env, one = world_go_live(), two = build_done();
	size_t i, wants;

	(void)unused;
	world_project("other", &env);
	world.deployer = 0;
	switch_deployer_down(NULL);
	world_forget();
	world.deployer = 1;
	switch_deployer_up(NULL);
	world_turn();
	wants = world_count(MSG_RELEASE_WANT);
	assert_int_equal(wants, 2);
	assert_int_equal(world_count(MSG_RELEASE_SYNC), 1);
	assert_int_equal(((const struct msg_release_sync *)world_sent(
			      MSG_RELEASE_SYNC)
				 ->data)
			     ->projects,
	    2);
	for (i = 0; i < 2; i++)
		say_healthy(SLOT_GREEN);
	must_be_slot(SLOT_BLUE, SLOT_GRACE, one);
	must_be_slot(SLOT_GREEN, SLOT_ACTIVE, two);
}

static void
without_the_deployer_nothing_is_lost(void **unused)
{
	int64_t one;

	(void)unused;
	world.deployer = 0;
	switch_deployer_down(NULL);
	assert_int_equal(release_reconcile(RECONCILE_ADOPT), -1);
	one = build_done();
	must_be_slot(SLOT_BLUE, SLOT_DEPLOYED, one);
	world.deployer = 1;
	switch_deployer_up(NULL);
	world_turn();
	assert_int_equal(world_wants(SLOT_BLUE), WANT_DEPLOYED);
	say_healthy(SLOT_BLUE);
	must_be_slot(SLOT_BLUE, SLOT_ACTIVE, one);
}

static void
addresses_follow_the_domain(void **unused)
{
	(void)unused;
	strcpy(world.conf.domain, "example.org");
	world_go_live();
	assert_non_null(strstr(world_sent(MSG_RELEASE_WANT)->tail,
	    "\"hosts\":[\"shop.example.org\"]"));
	assert_non_null(
	    strstr(world_sent(MSG_RELEASE_WANT)->tail, "\"prefix\":\"/shop\""));
	assert_true(world_said("http://shop.example.org:8080/"));
}

#define RUN(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(a_second_release_overtakes_the_first),
		RUN(the_way_back_makes_room_for_a_build),
		RUN(a_failed_release_leaves_the_active_one_alone),
		RUN(facts_may_come_twice_and_late),
		RUN(a_release_waits_for_the_last_requests_of_its_slot),
		RUN(rollback_is_a_swap_while_the_slot_is_warm),
		RUN(rollback_to_a_stopped_slot_is_checked_first),
		RUN(rollback_reaches_any_build_that_was_live),
		RUN(rollback_ends_a_release_under_way),
		RUN(grace_is_warm_then_stopped_then_over),
		RUN(no_grace_means_stopped_once_drained),
		RUN(a_manual_release_waits_for_its_promotion),
		RUN(stopped_is_the_way_back),
		RUN(a_restart_never_leaves_visitors_alone),
		RUN(a_slot_keeps_the_port_it_got),
		RUN(a_new_deployer_is_told_everything),
		RUN(without_the_deployer_nothing_is_lost),
		RUN(addresses_follow_the_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
