#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reconcile.h"

#define BLUE SLOT_BLUE
#define GREEN SLOT_GREEN

static struct rec_env env;

/* An environment that is wanted, whose page says that nothing is released. */
static int
begin(void **unused)
{
	(void)unused;
	memset(&env, 0, sizeof(env));
	env.is_wanted = 1;
	env.can_order = 1;
	env.route = REC_VACANT;
	env.is_route_settled = 1;
	env.slots[BLUE].is_in_place = env.slots[GREEN].is_in_place = 1;
	env.slots[BLUE].is_kept = env.slots[GREEN].is_kept = 1;
	return 0;
}

static void
want(uint32_t slot, enum slot_want w, uint64_t release)
{
	env.slots[slot].want = w;
	env.slots[slot].release_id = release;
}

static void
see(uint32_t slot, enum container_state state, uint64_t release)
{
	env.slots[slot].seen = state;
	env.slots[slot].seen_release = release;
}

static void
live(uint32_t slot, uint64_t release)
{
	env.route = REC_LIVE;
	env.route_slot = slot;
	env.route_release = release;
	env.slots[slot].told |= REC_SWITCHED;
}

/* Blue is active with release 1 and runs. */
static void
blue_is_active(void)
{
	want(BLUE, WANT_ACTIVE, 1);
	see(BLUE, CONTAINER_RUNNING, 1);
	env.slots[BLUE].is_healthy = 1;
	live(BLUE, 1);
}

#define END REC_FORGET, SLOTS, 0

/* The plan is exactly this list of act, slot, tell, ended by END. */
static void
expect(int first, ...)
{
	struct rec_plan p;
	va_list ap;
	int act = first;
	uint32_t slot;
	unsigned int tell;
	size_t i = 0;

	reconcile_env(&env, &p);
	va_start(ap, first);
	for (;;) {
		slot = va_arg(ap, uint32_t);
		tell = va_arg(ap, unsigned int);
		if (slot == SLOTS)
			break;
		assert_true(i < p.len);
		assert_int_equal(p.actions[i].act, act);
		assert_int_equal(p.actions[i].slot, slot);
		assert_int_equal(p.actions[i].tell, tell);
		i++;
		act = va_arg(ap, int);
	}
	va_end(ap);
	assert_int_equal(p.len, i);
}

static void
an_environment_without_release_gets_a_page(void **unused)
{
	(void)unused;
	env.route = REC_NO_ROUTE;
	expect(REC_VACATE, 0, 0, END);
	env.route = REC_VACANT;
	expect(END);
	env.is_route_stale = 1;
	expect(REC_VACATE, 0, 0, END);
}

static void
a_release_is_started_checked_and_told(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(GREEN, WANT_DEPLOYED, 2);
	expect(REC_START, GREEN, 0, END);
	s->order = REC_ORDER_START;
	s->order_release = 2;
	expect(END);
	see(GREEN, CONTAINER_CREATED, 2);
	expect(END);
	see(GREEN, CONTAINER_RUNNING, 2);
	s->order = REC_NO_ORDER;
	expect(REC_CHECK, GREEN, 0, REC_TELL, GREEN, REC_STARTED, END);
	s->is_checking = 1;
	s->told = REC_STARTED;
	expect(END);
	s->is_checking = 0;
	s->is_healthy = 1;
	expect(REC_TELL, GREEN, REC_HEALTHY, END);
	s->told |= REC_HEALTHY;
	expect(END);
}

static void
a_switch_is_told_when_all_workers_have_it(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(BLUE, WANT_WARM, 1);
	want(GREEN, WANT_ACTIVE, 2);
	see(GREEN, CONTAINER_RUNNING, 2);
	s->is_healthy = 1;
	s->told = REC_STARTED | REC_HEALTHY;
	expect(REC_ROUTE, GREEN, 0, END);
	live(GREEN, 2);
	s->told &= ~(unsigned int)REC_SWITCHED;
	env.is_route_settled = 0;
	env.slots[BLUE].draining = 1;
	expect(END);
	env.is_route_settled = 1;
	expect(REC_TELL, GREEN, REC_SWITCHED, END);
	s->told |= REC_SWITCHED;
	expect(END);
	env.slots[BLUE].draining = 0;
	expect(REC_TELL, BLUE, REC_DRAINED, END);
}

static void
visitors_wait_for_a_healthy_container(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(BLUE, WANT_WARM, 1);
	want(GREEN, WANT_ACTIVE, 2);
	/* A cold one is the way back: started and checked first. */
	see(GREEN, CONTAINER_EXITED, 2);
	expect(REC_START, GREEN, 0, END);
	see(GREEN, CONTAINER_RUNNING, 2);
	expect(REC_CHECK, GREEN, 0, END);
	s->is_checking = 1;
	expect(END);
	s->is_checking = 0;
	s->is_failed = 1;
	expect(REC_TELL, GREEN, REC_FAILED, END);
	s->is_failed = 0;
	s->is_healthy = 1;
	expect(REC_ROUTE, GREEN, 0, END);
}

static void
a_warm_way_back_needs_no_check(void **unused)
{
	(void)unused;
	blue_is_active();
	want(BLUE, WANT_WARM, 1);
	want(GREEN, WANT_ACTIVE, 2);
	see(GREEN, CONTAINER_RUNNING, 2);
	env.slots[GREEN].is_healthy = 1;
	expect(REC_ROUTE, GREEN, 0, END);
}

static void
a_lost_active_container_is_restarted_and_keeps_its_route(void **unused)
{
	static const enum container_state lost[] = { CONTAINER_GONE,
		CONTAINER_CREATED, CONTAINER_EXITED };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		begin(NULL);
		blue_is_active();
		see(BLUE, lost[i], 1);
		expect(REC_START, BLUE, 0, END);
		/* Even when it failed before. */
		env.slots[BLUE].is_failed = 1;
		expect(REC_START, BLUE, 0, END);
	}
}

static void
nothing_is_ordered_while_the_engine_is_away(void **unused)
{
	(void)unused;
	blue_is_active();
	see(BLUE, CONTAINER_EXITED, 1);
	want(GREEN, WANT_DEPLOYED, 2);
	see(GREEN, CONTAINER_RUNNING, 2);
	env.slots[GREEN].told = REC_STARTED;
	env.can_order = 0;
	expect(END);
	/* And nothing is held against a release that is being checked. */
	env.slots[GREEN].is_checking = 1;
	expect(REC_UNCHECK, GREEN, 0, END);
	env.slots[GREEN].is_checking = 0;
	env.can_order = 1;
	expect(REC_START, BLUE, 0, REC_CHECK, GREEN, 0, END);
}

static void
an_engine_that_lost_all_gets_all_again(void **unused)
{
	(void)unused;
	blue_is_active();
	want(GREEN, WANT_WARM, 2);
	env.slots[GREEN].told = REC_DRAINED;
	see(BLUE, CONTAINER_GONE, 0);
	see(GREEN, CONTAINER_GONE, 0);
	expect(REC_START, BLUE, 0, REC_START, GREEN, 0, END);
	/* What is kept cold is made again when it is needed. */
	want(GREEN, WANT_COLD, 2);
	expect(REC_START, BLUE, 0, END);
}

static void
what_visitors_are_in_is_neither_stopped_nor_removed(void **unused)
{
	struct rec_slot *s = &env.slots[BLUE];

	(void)unused;
	blue_is_active();
	s->told = REC_DRAINED;
	want(GREEN, WANT_ACTIVE, 2);
	want(BLUE, WANT_EMPTY, 0);
	env.can_order = 1;
	see(GREEN, CONTAINER_GONE, 0);
	/* Green has yet to come up: the route still leads to blue. */
	expect(REC_START, GREEN, 0, END);
	see(GREEN, CONTAINER_RUNNING, 2);
	env.slots[GREEN].is_healthy = 1;
	live(GREEN, 2);
	s->draining = 1;
	expect(END);
	want(BLUE, WANT_COLD, 1);
	expect(END);
	s->draining = 0;
	expect(REC_STOP, BLUE, 0, END);
	want(BLUE, WANT_EMPTY, 0);
	expect(REC_REMOVE, BLUE, 0, END);
}

static void
a_slot_is_cleared_before_it_is_used_again(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(GREEN, WANT_DEPLOYED, 3);
	see(GREEN, CONTAINER_RUNNING, 2);
	s->draining = 2;
	expect(END);
	s->draining = 0;
	expect(REC_REMOVE, GREEN, 0, END);
	s->order = REC_ORDER_REMOVE;
	expect(END);
	see(GREEN, CONTAINER_GONE, 0);
	expect(END);
	s->order = REC_NO_ORDER;
	expect(REC_START, GREEN, 0, END);
	/* Its address may still have somebody's requests on the way. */
	s->draining = 2;
	expect(END);
}

static void
a_way_back_that_is_lost_while_it_drains_is_started_again(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(GREEN, WANT_WARM, 2);
	see(GREEN, CONTAINER_EXITED, 2);
	s->draining = 2;
	expect(REC_START, GREEN, 0, END);
}

static void
a_container_elsewhere_is_not_the_slots(void **unused)
{
	(void)unused;
	blue_is_active();
	env.slots[BLUE].is_in_place = 0;
	expect(REC_REMOVE, BLUE, 0, END);
	see(BLUE, CONTAINER_GONE, 0);
	expect(REC_START, BLUE, 0, END);
}

static void
what_the_database_does_not_call_active_gives_way(void **unused)
{
	(void)unused;
	want(BLUE, WANT_ACTIVE, 3);
	see(BLUE, CONTAINER_RUNNING, 6);
	live(BLUE, 3);
	expect(REC_REMOVE, BLUE, 0, END);
	env.slots[BLUE].draining = 6;
	expect(END);
}

static void
an_order_is_given_once_and_can_be_taken_back(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(GREEN, WANT_DEPLOYED, 2);
	s->order = REC_ORDER_START;
	s->order_release = 2;
	expect(END);
	/* Its pause is not over. */
	s->is_waiting = 1;
	expect(END);
	s->is_waiting = 0;
	/* It is another release's. */
	s->order_release = 4;
	expect(REC_REMOVE, GREEN, 0, END);
	/* Nobody wants it any more; a container may come any moment. */
	want(GREEN, WANT_EMPTY, 0);
	expect(REC_REMOVE, GREEN, 0, END);
	s->order = REC_ORDER_REMOVE;
	expect(END);
	/* A stop that could not be carried out is no obstacle. */
	want(GREEN, WANT_WARM, 2);
	see(GREEN, CONTAINER_EXITED, 2);
	s->told = REC_DRAINED;
	s->order = REC_ORDER_STOP;
	expect(END);
	s->is_waiting = 1;
	expect(REC_START, GREEN, 0, END);
}

static void
a_failed_release_waits_for_another_wish(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	want(GREEN, WANT_DEPLOYED, 2);
	see(GREEN, CONTAINER_EXITED, 2);
	s->is_checking = 1; /* the reason is looked for */
	expect(END);
	s->is_checking = 0;
	s->is_failed = 1;
	expect(REC_TELL, GREEN, REC_FAILED, END);
	s->told = REC_FAILED;
	expect(END);
	want(GREEN, WANT_EMPTY, 0);
	expect(REC_REMOVE, GREEN, 0, END);
}

static void
a_check_ends_with_the_wish_for_it(void **unused)
{
	struct rec_slot *s = &env.slots[GREEN];

	(void)unused;
	blue_is_active();
	see(GREEN, CONTAINER_RUNNING, 2);
	s->is_checking = 1;
	want(GREEN, WANT_EMPTY, 0);
	expect(REC_REMOVE, GREEN, 0, REC_UNCHECK, GREEN, 0, END);
	want(GREEN, WANT_COLD, 2);
	s->told = REC_DRAINED;
	expect(REC_STOP, GREEN, 0, REC_UNCHECK, GREEN, 0, END);
}

static void
new_names_are_routed_without_touching_containers(void **unused)
{
	(void)unused;
	blue_is_active();
	env.is_route_stale = 1;
	expect(REC_ROUTE, BLUE, 0, END);
	see(BLUE, CONTAINER_EXITED, 1);
	expect(REC_ROUTE, BLUE, 0, REC_START, BLUE, 0, END);
}

static void
an_environment_goes_routes_first(void **unused)
{
	(void)unused;
	blue_is_active();
	want(GREEN, WANT_COLD, 2);
	see(GREEN, CONTAINER_EXITED, 2);
	env.is_wanted = 0;
	/* Nobody is in green. */
	expect(REC_UNROUTE, 0, 0, REC_REMOVE, GREEN, 0, END);
	env.route = REC_NO_ROUTE;
	env.slots[BLUE].draining = 1;
	env.slots[GREEN].order = REC_ORDER_REMOVE;
	expect(END);
	env.slots[BLUE].draining = 0;
	expect(REC_REMOVE, BLUE, 0, END);
	env.slots[BLUE].order = REC_ORDER_REMOVE;
	see(BLUE, CONTAINER_GONE, 0);
	see(GREEN, CONTAINER_GONE, 0);
	env.slots[GREEN].order = REC_NO_ORDER;
	expect(END);
	env.slots[BLUE].order = REC_NO_ORDER;
	env.is_route_settled = 0;
	expect(END);
	env.is_route_settled = 1;
	expect(REC_FORGET, 0, 0, END);
}

static void
a_check_of_every_picture(const struct rec_env *e)
{
	const struct rec_slot *s = &e->slots[BLUE];
	int is_used =
	    s->draining != 0 || (e->route == REC_LIVE && e->route_slot == BLUE);
	int is_mine = s->seen != CONTAINER_GONE && s->is_in_place &&
	    s->seen_release == s->release_id;
	struct rec_plan p;
	size_t i;

	reconcile_env(e, &p);
	assert_true(p.len <= REC_ACTIONS_MAX);
	for (i = 0; i < p.len; i++) {
		const struct rec_action *a = &p.actions[i];

		if (a->act == REC_FORGET)
			assert_false(e->is_wanted);
		if (a->slot != BLUE)
			continue;
		switch (a->act) {
		case REC_STOP:
			assert_true(e->can_order && !is_used);
			break;
		case REC_REMOVE:
			assert_true(e->can_order);
			assert_true(!is_used ||
			    (s->want == WANT_ACTIVE && s->draining == 0));
			/* The active release itself never. */
			assert_false(e->is_wanted && s->want == WANT_ACTIVE &&
			    is_mine && s->order != REC_ORDER_START);
			break;
		case REC_START:
			assert_true(e->can_order && e->is_wanted);
			assert_true(
			    s->want != WANT_EMPTY && s->want != WANT_COLD);
			assert_false(is_mine && s->seen == CONTAINER_RUNNING &&
			    s->is_kept);
			assert_true(s->seen == CONTAINER_GONE || is_mine);
			break;
		case REC_ROUTE:
			assert_true(s->want == WANT_ACTIVE && e->is_wanted);
			assert_true((is_mine && s->is_healthy &&
					s->seen == CONTAINER_RUNNING) ||
			    (e->route == REC_LIVE &&
				e->route_release == s->release_id));
			break;
		default:
			break;
		}
	}
}

static void
try_orders(struct rec_env *e)
{
	struct rec_slot *s = &e->slots[BLUE];
	unsigned int bits;

	for (bits = 0; bits < 512; bits++) {
		s->order = bits & 3;
		s->order_release = 1 + (bits >> 2 & 1);
		s->is_waiting = bits >> 3 & 1;
		s->is_checking = bits >> 4 & 1;
		s->is_healthy = bits >> 5 & 1;
		s->is_failed = bits >> 6 & 1;
		e->can_order = bits >> 7 & 1;
		e->is_wanted = bits >> 8 & 1;
		a_check_of_every_picture(e);
	}
}

static void
try_routes(struct rec_env *e)
{
	unsigned int i;

	for (i = 0; i < 15; i++) {
		e->route = (enum rec_route)(i % 5 < 2 ? i % 5 : REC_LIVE);
		e->route_slot = i % 5 == 4 ? GREEN : BLUE;
		e->route_release = i % 5 == 3 ? 2 : 1;
		e->slots[BLUE].draining = i / 5;
		try_orders(e);
	}
}

/* Blue wants release 1 and may hold 2; every combination is looked at. */
static void
no_picture_leads_to_harm(void **unused)
{
	unsigned int w, seen, release, place;

	(void)unused;
	for (w = 0; w < WANTS; w++) {
		want(BLUE, (enum slot_want)w, w == WANT_EMPTY ? 0 : 1);
		want(GREEN, w == WANT_ACTIVE ? WANT_WARM : WANT_ACTIVE, 7);
		for (seen = 0; seen < CONTAINER_STATES; seen++) {
			for (release = 1; release <= 2; release++) {
				see(BLUE, (enum container_state)seen, release);
				for (place = 0; place < 2; place++) {
					env.slots[BLUE].is_in_place =
					    (int)place;
					try_routes(&env);
				}
			}
		}
	}
}

static void
what_visitors_have_is_kept_running_by_the_engine(void **unused)
{
	(void)unused;
	blue_is_active();
	env.slots[BLUE].is_kept = env.slots[GREEN].is_kept = 0;
	expect(REC_START, BLUE, 0, END);
	/* After the switch, not before. */
	want(GREEN, WANT_ACTIVE, 2);
	want(BLUE, WANT_WARM, 1);
	see(GREEN, CONTAINER_RUNNING, 2);
	env.slots[GREEN].is_healthy = 1;
	env.slots[BLUE].is_kept = 1;
	expect(REC_ROUTE, GREEN, 0, END);
	live(GREEN, 2);
	env.slots[BLUE].draining = 1;
	expect(REC_START, GREEN, 0, END);
	/* What has yet to prove itself is not. */
	begin(NULL);
	want(GREEN, WANT_DEPLOYED, 2);
	see(GREEN, CONTAINER_RUNNING, 2);
	env.slots[GREEN].is_kept = 0;
	env.slots[GREEN].is_healthy = 1;
	env.slots[GREEN].told = REC_STARTED | REC_HEALTHY;
	expect(END);
}

static void
a_stop_by_a_person_shows_the_page_first(void **unused)
{
	struct rec_slot *s = &env.slots[BLUE];

	(void)unused;
	blue_is_active();
	want(BLUE, WANT_COLD, 1);
	expect(REC_VACATE, 0, 0, END);
	env.route = REC_VACANT;
	s->draining = 1;
	expect(END);
	s->draining = 0;
	expect(REC_STOP, BLUE, 0, REC_TELL, BLUE, REC_DRAINED, END);
}

static void
what_may_be_there_unseen_is_not_forgotten(void **unused)
{
	(void)unused;
	env.is_wanted = 0;
	env.route = REC_NO_ROUTE;
	env.can_order = 0;
	expect(END);
	env.can_order = 1;
	expect(REC_FORGET, 0, 0, END);
}

static void
nothing_begins_before_all_is_known(void **unused)
{
	struct rec_world w = { 0 };

	(void)unused;
	w.projects = 1;
	assert_false(reconcile_may_begin(&w));
	w.is_synced = 1;
	assert_false(reconcile_may_begin(&w));
	w.is_synced = 0;
	w.is_listed = 1;
	assert_false(reconcile_may_begin(&w));
	w.is_synced = 1;
	assert_true(reconcile_may_begin(&w));
}

static void
a_database_without_projects_changes_nothing(void **unused)
{
	struct rec_world w = { .is_synced = 1, .is_listed = 1 };

	(void)unused;
	assert_true(reconcile_may_begin(&w));
	w.unknown = 2;
	assert_false(reconcile_may_begin(&w));
	w.mode = RECONCILE_ADOPT;
	assert_true(reconcile_may_begin(&w));
	w.mode = RECONCILE_PURGE;
	assert_true(reconcile_may_begin(&w));
	w.mode = RECONCILE_NORMAL;
	w.wanted = 1;
	assert_true(reconcile_may_begin(&w));
}

static void
unknown_containers_are_orphans_or_held(void **unused)
{
	struct rec_world w = { .projects = 3 };

	(void)unused;
	assert_int_equal(reconcile_stray(&w, 0), REC_TAKE_AWAY);
	assert_int_equal(reconcile_stray(&w, 1), REC_HOLD);
	w.projects = 0;
	assert_int_equal(reconcile_stray(&w, 0), REC_HOLD);
	/* A project that came since the number was told. */
	w.wanted = 1;
	assert_int_equal(reconcile_stray(&w, 0), REC_TAKE_AWAY);
	assert_int_equal(reconcile_stray(&w, 1), REC_HOLD);
	w.mode = RECONCILE_PURGE;
	assert_int_equal(reconcile_stray(&w, 1), REC_TAKE_AWAY);
	w.mode = RECONCILE_ADOPT;
	assert_int_equal(reconcile_stray(&w, 0), REC_HOLD);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_environment_without_release_gets_a_page),
		TEST(a_release_is_started_checked_and_told),
		TEST(a_switch_is_told_when_all_workers_have_it),
		TEST(visitors_wait_for_a_healthy_container),
		TEST(a_warm_way_back_needs_no_check),
		TEST(a_lost_active_container_is_restarted_and_keeps_its_route),
		TEST(nothing_is_ordered_while_the_engine_is_away),
		TEST(an_engine_that_lost_all_gets_all_again),
		TEST(what_visitors_are_in_is_neither_stopped_nor_removed),
		TEST(a_slot_is_cleared_before_it_is_used_again),
		TEST(a_way_back_that_is_lost_while_it_drains_is_started_again),
		TEST(a_container_elsewhere_is_not_the_slots),
		TEST(what_the_database_does_not_call_active_gives_way),
		TEST(an_order_is_given_once_and_can_be_taken_back),
		TEST(a_failed_release_waits_for_another_wish),
		TEST(a_check_ends_with_the_wish_for_it),
		TEST(new_names_are_routed_without_touching_containers),
		TEST(an_environment_goes_routes_first),
		TEST(no_picture_leads_to_harm),
		TEST(what_visitors_have_is_kept_running_by_the_engine),
		TEST(a_stop_by_a_person_shows_the_page_first),
		TEST(what_may_be_there_unseen_is_not_forgotten),
		TEST(nothing_begins_before_all_is_known),
		TEST(a_database_without_projects_changes_nothing),
		TEST(unknown_containers_are_orphans_or_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
