/*
 * The real cid-deployer while others die, come back, lie or are silent.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "deployer_rig.h"
#include "msg_conf.h"
#include "reason.h"

static const char *program;
static struct rig rig;

static const struct rig_slot empty = { "empty", 0 };

static int
begin(void **unused)
{
	(void)unused;
	return rig_start(&rig, program);
}

static int
end(void **unused)
{
	(void)unused;
	return rig_stop(&rig);
}

static void
want_active(uint64_t release)
{
	rig_want(&rig, (struct rig_slot){ "active", release }, empty);
}

static void
a_lost_container_is_started_again_with_growing_pauses(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	/* It ends again at once: not now, but it will be. */
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_silence(&rig, &rig.builder);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_silence(&rig, &rig.builder);
	/* A person does not want to wait. */
	{
		struct msg_env m = { RIG_ENV, RIG_PROJECT, RIG_NET, SLOT_BLUE,
			1 };

		rig_say(&rig.api, MSG_RELEASE_RETRY, &m, sizeof(m), NULL);
	}
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.edge[0]);
}

static void
a_start_that_fails_is_tried_again_for_what_is_live(void **unused)
{
	struct msg_release r;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_GONE);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	memset(&r, 0, sizeof(r));
	r.env_id = RIG_ENV;
	r.project_id = RIG_PROJECT;
	r.release_id = 1;
	r.slot = SLOT_BLUE;
	r.reason = REASON_IMAGE_MISSING;
	rig_say(&rig.builder, MSG_CONTAINER_FAILED, &r, sizeof(r), "no");
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.api);
	rig_silence(&rig, &rig.edge[0]);
}

static void
an_engine_that_comes_back_is_asked_what_is_left(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_engine(&rig, 0);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_silence(&rig, &rig.builder);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_silence(&rig, &rig.builder);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.edge[0]);
}

static void
what_a_list_does_not_name_is_gone(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_engine(&rig, 0);
	rig_engine(&rig, 1);
	rig_list(&rig);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.edge[0]);
}

static void
an_order_is_given_anew_to_the_next_builder(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "deployed", 2 });
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_cut(&rig.builder);
	rig_join(&rig, &rig.builder);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_silence(&rig, &rig.builder);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_GREEN, 2, CONTAINER_RUNNING);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_hear(&rig.api, MSG_RELEASE_STARTED);
}

static void
without_api_all_goes_on_as_it_was(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_cut(&rig.api);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	/* It is back, and hears what holds; nothing else happens. */
	rig_join(&rig, &rig.api);
	want_active(1);
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_silence(&rig, &rig.builder);
	rig_silence(&rig, &rig.edge[0]);
}

static void
what_is_not_named_any_more_is_taken_away(void **unused)
{
	const struct msg_route *r;
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_cut(&rig.api);
	rig_join(&rig, &rig.api);
	rig_sync(&rig, 4, RECONCILE_NORMAL);
	r = rig_hear(&rig.edge[0], MSG_ROUTE_DEL);
	g = r->generation;
	rig_ack(&rig.edge[0], g);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	rig_hear(&rig.builder, MSG_CONTAINER_STOP);
}

static void
an_empty_database_takes_nothing_down(void **unused)
{
	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_cut(&rig.api);
	rig_join(&rig, &rig.api);
	rig_sync(&rig, 0, RECONCILE_NORMAL);
	rig_silence(&rig, &rig.edge[0]);
	rig_silence(&rig, &rig.builder);
	/* Until a person says so. */
	rig_sync(&rig, 0, RECONCILE_PURGE);
	rig_hear(&rig.edge[0], MSG_ROUTE_DEL);
}

/* What cid-api hears of containers that run without a project. */
static uint32_t
unknown_count(void)
{
	const struct msg_reconciled *m = rig_hear(&rig.api, MSG_RECONCILED);

	return m->unknown;
}

static void
unknown_containers_wait_for_a_person(void **unused)
{
	const struct msg_container_stop *stop;

	(void)unused;
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_join(&rig, &rig.edge[0]);
	rig_sync(&rig, 0, RECONCILE_NORMAL);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_RUNNING);
	rig_engine(&rig, 1);
	rig_hear(&rig.api, MSG_RELEASE_IS);
	assert_int_equal(unknown_count(), 1);
	rig_silence(&rig, &rig.edge[0]);
	/* More projects do not make them known, nor does adopting. */
	rig_sync(&rig, 5, RECONCILE_NORMAL);
	rig_take_load(&rig.edge[0], 0);
	assert_int_equal(unknown_count(), 1);
	rig_sync(&rig, 5, RECONCILE_ADOPT);
	assert_int_equal(unknown_count(), 1);
	rig_silence(&rig, &rig.builder);
	rig_sync(&rig, 5, RECONCILE_PURGE);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->env.slot, SLOT_GREEN);
	assert_int_equal(stop->remove, 1);
	assert_int_equal(unknown_count(), 0);
}

static void
orphans_are_removed(void **unused)
{
	const struct msg_container_stop *stop;

	(void)unused;
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_sync(&rig, 5, RECONCILE_NORMAL);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_EXITED);
	rig_engine(&rig, 1);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->env.release_id, 9);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_GONE);
	/* One that turns up later, too. */
	rig_is(&rig, SLOT_BLUE, 8, CONTAINER_RUNNING);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->env.release_id, 8);
}

static void
a_wish_that_makes_no_sense_touches_nothing(void **unused)
{
	struct msg_env m = { RIG_ENV, RIG_PROJECT, RIG_NET, 0, 0 };

	(void)unused;
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_join(&rig, &rig.edge[0]);
	rig_say(&rig.api, MSG_RELEASE_WANT, &m, sizeof(m), "{\"slots\":7}");
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_engine(&rig, 1);
	rig_take_load(&rig.edge[0], 0);
	rig_silence(&rig, &rig.builder);
	rig_sync(&rig, 1, RECONCILE_PURGE);
	rig_silence(&rig, &rig.builder);
	/* And is forgotten with the next that does. */
	want_active(1);
	rig_ack(&rig.edge[0], rig_take_route(&rig.edge[0], SLOT_BLUE, 1));
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.builder);
}

static void
an_order_that_fails_a_new_release_is_told(void **unused)
{
	const struct msg_release *failed;
	struct msg_release r;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "deployed", 2 });
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	memset(&r, 0, sizeof(r));
	r.env_id = RIG_ENV;
	r.project_id = RIG_PROJECT;
	r.release_id = 2;
	r.slot = SLOT_GREEN;
	/* The engine's absence is no reason. */
	r.reason = REASON_ENGINE_DOWN;
	rig_say(&rig.builder, MSG_CONTAINER_FAILED, &r, sizeof(r), "gone");
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	r.reason = REASON_IMAGE_MISSING;
	rig_say(&rig.builder, MSG_CONTAINER_FAILED, &r, sizeof(r), "app:1");
	failed = rig_hear(&rig.api, MSG_RELEASE_FAILED);
	assert_int_equal(failed->release_id, 2);
	assert_int_equal(failed->reason, REASON_IMAGE_MISSING);
	assert_string_equal(rig_tail(), "app:1");
	rig_silence(&rig, &rig.builder);
	rig_want(&rig, (struct rig_slot){ "active", 1 }, empty);
	rig_silence(&rig, &rig.edge[0]);
}

static void
a_stop_that_did_not_help_is_ordered_again(void **unused)
{
	const struct msg_container_stop *stop;

	(void)unused;
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_sync(&rig, 5, RECONCILE_NORMAL);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_RUNNING);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_RUNNING);
	rig_silence(&rig, &rig.builder);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->remove, 1);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_GONE);
	rig_hear(&rig.api, MSG_RELEASE_FORGOTTEN);
}

/* We come up beside a live release and the one that visitors left. */
static uint64_t
find_both_running(uint32_t draining)
{
	struct msg_route_load m;

	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_join(&rig, &rig.edge[0]);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "warm", 2 });
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_is(&rig, SLOT_GREEN, 2, CONTAINER_RUNNING);
	rig_engine(&rig, 1);
	rig_hear(&rig.builder, MSG_CONTAINER_START); /* they are to be kept */
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_is(&rig, SLOT_GREEN, 2, CONTAINER_RUNNING);
	m = *(const struct msg_route_load *)rig_hear(&rig.edge[0],
	    MSG_ROUTE_LOAD);
	close(rig_fd());
	m.draining = draining;
	rig_say(&rig.edge[0], MSG_ROUTE_ACK, &m, sizeof(m), NULL);
	return m.generation;
}

static void
what_left_before_our_start_is_not_waited_for(void **unused)
{
	(void)unused;
	find_both_running(0);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "deployed", 3 });
	rig_hear(&rig.builder, MSG_CONTAINER_STOP);
}

static void
what_is_leaving_since_our_start_is_waited_for(void **unused)
{
	uint64_t g;

	(void)unused;
	g = find_both_running(1);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "deployed", 3 });
	rig_silence(&rig, &rig.builder);
	rig_drained(&rig, &rig.edge[0], SLOT_GREEN, 2, g);
	rig_hear(&rig.builder, MSG_CONTAINER_STOP);
}

static void
a_worker_with_a_newer_table_is_outrun(void **unused)
{
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_join(&rig, &rig.edge[1]);
	g = rig_take_load(&rig.edge[1], 1) + 1000000000;
	rig_ack(&rig.edge[1], g);
	assert_true(rig_take_load(&rig.edge[1], 1) > g);
	assert_true(rig_take_load(&rig.edge[0], 1) > g);
}

static void
frames_that_are_not_in_the_table_cost_their_sender(void **unused)
{
	const struct msg_peer_bad *bad;
	struct frame_head h = { MSG_MAX + 5, 0, 0, 0 };

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	assert_int_equal(write(rig.edge[0].fd, &h, sizeof(h)), sizeof(h));
	bad = rig_hear(&rig.parent, MSG_PEER_BAD);
	assert_int_equal(bad->proc, PROC_EDGE);
	rig_cut(&rig.edge[0]);
	rig_join(&rig, &rig.edge[0]);
	rig_take_load(&rig.edge[0], 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lost_container_is_started_again_with_growing_pauses),
		TEST(a_start_that_fails_is_tried_again_for_what_is_live),
		TEST(an_engine_that_comes_back_is_asked_what_is_left),
		TEST(what_a_list_does_not_name_is_gone),
		TEST(an_order_is_given_anew_to_the_next_builder),
		TEST(without_api_all_goes_on_as_it_was),
		TEST(what_is_not_named_any_more_is_taken_away),
		TEST(an_empty_database_takes_nothing_down),
		TEST(unknown_containers_wait_for_a_person),
		TEST(orphans_are_removed),
		TEST(a_wish_that_makes_no_sense_touches_nothing),
		TEST(an_order_that_fails_a_new_release_is_told),
		TEST(a_stop_that_did_not_help_is_ordered_again),
		TEST(what_left_before_our_start_is_not_waited_for),
		TEST(what_is_leaving_since_our_start_is_waited_for),
		TEST(a_worker_with_a_newer_table_is_outrun),
		TEST(frames_that_are_not_in_the_table_cost_their_sender),
	};

	(void)argc;
	if (geteuid() != 0) {
		printf("deployer_crash: not root, skipped\n");
		return 0;
	}
	program = argv[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
