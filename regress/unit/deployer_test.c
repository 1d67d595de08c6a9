/*
 * The real cid-deployer takes releases through their life.
 */

#include <sys/mman.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "deployer_rig.h"
#include "msg_conf.h"
#include "reason.h"

#define OK_200 "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define NOT_503 "HTTP/1.1 503 Not Yet\r\nContent-Length: 0\r\n\r\n"

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
join_all(void)
{
	rig_join(&rig, &rig.api);
	rig_join(&rig, &rig.builder);
	rig_join(&rig, &rig.edge[0]);
}

static void
nothing_happens_before_both_sides_are_known(void **unused)
{
	(void)unused;
	join_all();
	rig_want(&rig, (struct rig_slot){ "active", 1 }, empty);
	rig_hear(&rig.builder, MSG_CONTAINER_LIST);
	rig_is(&rig, SLOT_GREEN, 9, CONTAINER_RUNNING);
	rig_engine(&rig, 1);
	rig_silence(&rig, &rig.builder);
	rig_silence(&rig, &rig.edge[0]);
	rig_silence(&rig, &rig.parent);
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	/* Now all at once: the route, and what is not there. */
	rig_take_load(&rig.edge[0], 1);
	rig_hear(&rig.builder, MSG_CONTAINER_START);
}

static void
a_release_goes_live(void **unused)
{
	const struct msg_release_try *t;
	const struct msg_env *start;
	const struct msg_release *r;

	(void)unused;
	join_all();
	rig_sync(&rig, 1, RECONCILE_NORMAL);
	rig_list(&rig);
	rig_take_load(&rig.edge[0], 0);
	rig_want(&rig, (struct rig_slot){ "deployed", 1 }, empty);
	rig_ack(&rig.edge[0], rig_take_route(&rig.edge[0], 0, 0));
	start = rig_hear(&rig.builder, MSG_CONTAINER_START);
	assert_int_equal(start->slot, SLOT_BLUE);
	assert_int_equal(start->release_id, 1);
	assert_string_equal(rig_tail(), rig.spec);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	r = rig_hear(&rig.api, MSG_RELEASE_STARTED);
	assert_int_equal(r->release_id, 1);
	assert_int_equal(r->build_id, 101);

	rig_answer(&rig, SLOT_BLUE, NOT_503);
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->attempt, 1);
	assert_int_equal(t->ok, 0);
	assert_int_equal(t->http_status, 503);
	assert_string_equal(rig_tail(), "answered 503");
	rig_answer(&rig, SLOT_BLUE, OK_200);
	t = rig_hear(&rig.api, MSG_RELEASE_TRY);
	assert_int_equal(t->attempt, 2);
	assert_int_equal(t->ok, 1);
	assert_int_equal(t->http_status, 200);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
	rig_silence(&rig, &rig.edge[0]);

	rig_want(&rig, (struct rig_slot){ "active", 1 }, empty);
	rig_ack(&rig.edge[0], rig_take_route(&rig.edge[0], SLOT_BLUE, 1));
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
}

/* From blue with release 1 to green with release 2, not yet acknowledged. */
static uint64_t
switch_to_green(const char *blue)
{
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "deployed", 2 });
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_is(&rig, SLOT_GREEN, 2, CONTAINER_RUNNING);
	rig_answer(&rig, SLOT_GREEN, OK_200);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_hear(&rig.api, MSG_RELEASE_STARTED);
	rig_hear(&rig.api, MSG_RELEASE_TRY);
	rig_hear(&rig.api, MSG_RELEASE_HEALTHY);
	rig_want(&rig, (struct rig_slot){ blue, 1 },
	    (struct rig_slot){ "active", 2 });
	rig_hear(&rig.builder, MSG_CONTAINER_START); /* it is to be kept */
	rig_is(&rig, SLOT_GREEN, 2, CONTAINER_RUNNING);
	return rig_take_route(&rig.edge[0], SLOT_GREEN, 2);
}

static void
the_old_slot_is_left_alone_until_it_drained(void **unused)
{
	const struct msg_container_stop *stop;
	const struct msg_release *r;
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	g = switch_to_green("warm");
	rig_silence(&rig, &rig.api);
	rig_ack(&rig.edge[0], g);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_want(&rig, (struct rig_slot){ "cold", 1 },
	    (struct rig_slot){ "active", 2 });
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED); /* each wish is answered */
	rig_silence(&rig, &rig.builder);
	/* What is said of another time or release counts for nothing. */
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g - 1);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 9, g);
	rig_silence(&rig, &rig.builder);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	r = rig_hear(&rig.api, MSG_RELEASE_DRAINED);
	assert_int_equal(r->release_id, 1);
	assert_int_equal(r->count, 1);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->env.slot, SLOT_BLUE);
	assert_int_equal(stop->env.release_id, 1);
	assert_int_equal(stop->remove, 0);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_want(&rig, empty, (struct rig_slot){ "active", 2 });
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->remove, 1);
}

static void
the_way_back_is_as_fast_as_a_route(void **unused)
{
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_ack(&rig.edge[0], switch_to_green("warm"));
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	/* Also while its last visitors are on their way out. */
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "warm", 2 });
	g = rig_take_route(&rig.edge[0], SLOT_BLUE, 1);
	rig_ack(&rig.edge[0], g);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_silence(&rig, &rig.builder);
	rig_drained(&rig, &rig.edge[0], SLOT_GREEN, 2, g);
	rig_hear(&rig.api, MSG_RELEASE_DRAINED);
}

static void
a_cold_way_back_is_checked_first(void **unused)
{
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	g = switch_to_green("cold");
	rig_ack(&rig.edge[0], g);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_EXITED);
	rig_hear(&rig.api, MSG_RELEASE_DRAINED);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	rig_want(&rig, (struct rig_slot){ "active", 1 },
	    (struct rig_slot){ "warm", 2 });
	rig_hear(&rig.builder, MSG_CONTAINER_START);
	rig_silence(&rig, &rig.edge[0]);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_RUNNING);
	rig_answer(&rig, SLOT_BLUE, OK_200);
	rig_ack(&rig.edge[0], rig_take_route(&rig.edge[0], SLOT_BLUE, 1));
	rig_hear(&rig.api, MSG_RELEASE_TRY);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
}

static void
a_wish_that_can_not_be_is_refused(void **unused)
{
	const struct msg_release *r;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_want(&rig, (struct rig_slot){ "active", 5 }, empty);
	r = rig_hear(&rig.api, MSG_RELEASE_FAILED);
	assert_int_equal(r->reason, REASON_SLOT_REFUSED);
	assert_int_equal(r->release_id, 5);
	rig_want(&rig, empty, empty);
	rig_silence(&rig, &rig.api);
	rig_silence(&rig, &rig.builder);
	rig_silence(&rig, &rig.edge[0]);
}

static void
a_switch_waits_for_every_worker(void **unused)
{
	const struct msg_peer_bad *bad;
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_join(&rig, &rig.edge[1]);
	rig_take_load(&rig.edge[1], 1);
	g = switch_to_green("warm");
	rig_take_route(&rig.edge[1], SLOT_GREEN, 2);
	rig_ack(&rig.edge[0], g);
	rig_silence(&rig, &rig.api);
	/* The other one keeps silent: it is reported, and counts no more. */
	bad = rig_hear(&rig.parent, MSG_PEER_BAD);
	assert_int_equal(bad->proc, PROC_EDGE);
	assert_int_equal(bad->instance, 1);
	assert_int_equal(bad->generation, rig.generation);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	/* Only the living one is waited for. */
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	rig_hear(&rig.api, MSG_RELEASE_DRAINED);
}

static void
a_dead_worker_has_drained(void **unused)
{
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	rig_join(&rig, &rig.edge[1]);
	rig_take_load(&rig.edge[1], 1);
	g = switch_to_green("warm");
	rig_take_route(&rig.edge[1], SLOT_GREEN, 2);
	rig_ack(&rig.edge[0], g);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	rig_silence(&rig, &rig.api);
	rig_cut(&rig.edge[1]);
	rig_hear(&rig.api, MSG_RELEASE_DRAINED);
	rig_hear(&rig.api, MSG_RELEASE_SWITCHED);
	/* Its next life gets the whole table. */
	rig_join(&rig, &rig.edge[1]);
	rig_take_load(&rig.edge[1], 1);
}

static void
the_parent_gets_each_table_sealed(void **unused)
{
	const struct msg_route_load *l;
	struct msg_route r[2];
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	uint64_t g;
	int fd;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	l = rig_hear(&rig.parent, MSG_ROUTE_SNAPSHOT);
	g = l->generation;
	assert_int_equal(l->count, 1);
	fd = rig_fd();
	assert_int_equal(fcntl(fd, F_GET_SEALS) & seals, seals);
	assert_int_equal(read(fd, r, sizeof(r)), sizeof(r[0]));
	assert_int_equal(r[0].release_id, 1);
	assert_int_equal(r[0].state, ROUTE_LIVE);
	close(fd);
	switch_to_green("warm");
	l = rig_hear(&rig.parent, MSG_ROUTE_SNAPSHOT);
	assert_true(l->generation > g);
	fd = rig_fd();
	assert_int_equal(read(fd, r, sizeof(r)), sizeof(r[0]));
	assert_int_equal(r[0].release_id, 2);
	close(fd);
}

static void
an_environment_that_is_forgotten_goes_in_order(void **unused)
{
	const struct msg_container_stop *stop;
	const struct msg_env *gone;
	const struct msg_route *r;
	struct msg_env m;
	uint64_t g;

	(void)unused;
	rig_go_live(&rig, SLOT_BLUE, 1);
	memset(&m, 0, sizeof(m));
	m.env_id = RIG_ENV;
	m.project_id = RIG_PROJECT;
	m.net = RIG_NET;
	rig_say(&rig.api, MSG_RELEASE_FORGET, &m, sizeof(m), NULL);
	r = rig_hear(&rig.edge[0], MSG_ROUTE_DEL);
	assert_string_equal(r->prefix, "/app");
	g = r->generation;
	rig_silence(&rig, &rig.builder);
	rig_ack(&rig.edge[0], g);
	rig_drained(&rig, &rig.edge[0], SLOT_BLUE, 1, g);
	stop = rig_hear(&rig.builder, MSG_CONTAINER_STOP);
	assert_int_equal(stop->remove, 1);
	rig_silence(&rig, &rig.builder);
	rig_is(&rig, SLOT_BLUE, 1, CONTAINER_GONE);
	rig_hear(&rig.api, MSG_RELEASE_DRAINED);
	gone = rig_hear(&rig.api, MSG_RELEASE_FORGOTTEN);
	assert_int_equal(gone->env_id, RIG_ENV);
	/* Again, of what nobody knows any more: the same answer. */
	rig_say(&rig.api, MSG_RELEASE_FORGET, &m, sizeof(m), NULL);
	rig_hear(&rig.api, MSG_RELEASE_FORGOTTEN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_happens_before_both_sides_are_known),
		TEST(a_release_goes_live),
		TEST(the_old_slot_is_left_alone_until_it_drained),
		TEST(the_way_back_is_as_fast_as_a_route),
		TEST(a_cold_way_back_is_checked_first),
		TEST(a_wish_that_can_not_be_is_refused),
		TEST(a_switch_waits_for_every_worker),
		TEST(a_dead_worker_has_drained),
		TEST(the_parent_gets_each_table_sealed),
		TEST(an_environment_that_is_forgotten_goes_in_order),
	};

	(void)argc;
	if (geteuid() != 0) {
		printf("deployer: not root, skipped\n");
		return 0;
	}
	program = argv[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
