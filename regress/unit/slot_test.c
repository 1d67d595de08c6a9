#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "slot.h"

#define NONE SLOT_STATES

/* Every pair of state and event, by hand, against the table in slot.c. */
static void
nothing_else_is_possible(void **unused)
{
	static const enum slot_state want[SLOT_STATES][SLOT_EVENTS] = {
		[SLOT_EMPTY][SLOT_HEALTHY] = SLOT_DEPLOYED,
		[SLOT_EMPTY][SLOT_PROMOTE] = NONE,
		[SLOT_EMPTY][SLOT_OVERTAKE] = NONE,
		[SLOT_EMPTY][SLOT_REMOVE] = NONE,
		[SLOT_DEPLOYED][SLOT_HEALTHY] = NONE,
		[SLOT_DEPLOYED][SLOT_PROMOTE] = SLOT_ACTIVE,
		[SLOT_DEPLOYED][SLOT_OVERTAKE] = NONE,
		[SLOT_DEPLOYED][SLOT_REMOVE] = SLOT_EMPTY,
		[SLOT_ACTIVE][SLOT_HEALTHY] = NONE,
		[SLOT_ACTIVE][SLOT_PROMOTE] = NONE,
		[SLOT_ACTIVE][SLOT_OVERTAKE] = SLOT_GRACE,
		[SLOT_ACTIVE][SLOT_REMOVE] = NONE,
		[SLOT_GRACE][SLOT_HEALTHY] = NONE,
		[SLOT_GRACE][SLOT_PROMOTE] = SLOT_ACTIVE,
		[SLOT_GRACE][SLOT_OVERTAKE] = NONE,
		[SLOT_GRACE][SLOT_REMOVE] = SLOT_EMPTY,
	};
	enum slot_state from, to;
	enum slot_event event;
	int r;

	(void)unused;
	for (from = 0; from < SLOT_STATES; from++) {
		for (event = 0; event < SLOT_EVENTS; event++) {
			to = from;
			r = slot_next(from, event, &to);
			assert_int_equal(r, want[from][event] == NONE ? -1 : 0);
			assert_int_equal(to,
			    want[from][event] == NONE ? from
						      : want[from][event]);
		}
	}
}

static void
active_slot_is_never_removed(void **unused)
{
	enum slot_state to = SLOT_ACTIVE;

	(void)unused;
	assert_int_equal(slot_next(SLOT_ACTIVE, SLOT_REMOVE, &to), -1);
	assert_int_equal(to, SLOT_ACTIVE);
}

/* Blue and green as they are, as they are wanted, and as they become. */
struct step {
	struct slot_at at[SLOTS];
	struct slot_goal goal[SLOTS];
	int result;
	struct slot_at to[SLOTS];
	uint32_t refused;
};

static void
follow(const struct step *s)
{
	struct slot_at at[SLOTS] = { s->at[0], s->at[1] };
	const struct slot_at *to = s->result == 0 ? s->to : s->at;
	uint32_t refused = SLOTS, i;

	assert_int_equal(slot_follow(at, s->goal, &refused), s->result);
	if (s->result == -1)
		assert_int_equal(refused, s->refused);
	for (i = 0; i < SLOTS; i++) {
		assert_int_equal(at[i].state, to[i].state);
		assert_int_equal(at[i].release_id, to[i].release_id);
	}
}

static void
a_release_goes_the_way_of_a_release(void **unused)
{
	static const struct step steps[] = {
		/* a first release is wanted, */
		{ { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } },
		    { { WANT_DEPLOYED, 1 }, { WANT_EMPTY, 0 } }, 0,
		    { { SLOT_EMPTY, 1 }, { SLOT_EMPTY, 0 } }, 0 },
		/* fails, */
		{ { { SLOT_EMPTY, 1 }, { SLOT_EMPTY, 0 } },
		    { { WANT_EMPTY, 0 }, { WANT_EMPTY, 0 } }, 0,
		    { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } }, 0 },
		/* or is replaced, */
		{ { { SLOT_DEPLOYED, 1 }, { SLOT_EMPTY, 0 } },
		    { { WANT_DEPLOYED, 2 }, { WANT_EMPTY, 0 } }, 0,
		    { { SLOT_EMPTY, 2 }, { SLOT_EMPTY, 0 } }, 0 },
		/* or gets the visitors; */
		{ { { SLOT_DEPLOYED, 1 }, { SLOT_EMPTY, 0 } },
		    { { WANT_ACTIVE, 1 }, { WANT_EMPTY, 0 } }, 0,
		    { { SLOT_ACTIVE, 1 }, { SLOT_EMPTY, 0 } }, 0 },
		/* the next one beside it */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_DEPLOYED, 2 } },
		    { { WANT_WARM, 1 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } }, 0 },
		/* without any grace, */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_DEPLOYED, 2 } },
		    { { WANT_EMPTY, 0 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_EMPTY, 0 }, { SLOT_ACTIVE, 2 } }, 0 },
		/* with the grace cold, */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_COLD, 1 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } }, 0 },
		/* over, */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_EMPTY, 0 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_EMPTY, 0 }, { SLOT_ACTIVE, 2 } }, 0 },
		/* displaced, */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_DEPLOYED, 3 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_EMPTY, 3 }, { SLOT_ACTIVE, 2 } }, 0 },
		/* its visitors sent away by a person, */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_GRACE, 2 } },
		    { { WANT_WARM, 1 }, { WANT_COLD, 2 } }, 0,
		    { { SLOT_GRACE, 1 }, { SLOT_GRACE, 2 } }, 0 },
		/* or the way back. */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_ACTIVE, 1 }, { WANT_WARM, 2 } }, 0,
		    { { SLOT_ACTIVE, 1 }, { SLOT_GRACE, 2 } }, 0 },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		follow(&steps[i]);
}

static void
what_can_not_be_is_refused(void **unused)
{
	static const struct step steps[] = {
		/* the active slot emptied, reused, or demoted */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_EMPTY, 0 } },
		    { { WANT_EMPTY, 0 }, { WANT_EMPTY, 0 } }, -1, { { 0 } },
		    SLOT_BLUE },
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_WARM, 1 }, { WANT_DEPLOYED, 3 } }, -1, { { 0 } },
		    SLOT_GREEN },
		{ { { SLOT_EMPTY, 0 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_EMPTY, 0 }, { WANT_DEPLOYED, 2 } }, -1, { { 0 } },
		    SLOT_GREEN },
		{ { { SLOT_EMPTY, 0 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_EMPTY, 0 }, { WANT_ACTIVE, 3 } }, -1, { { 0 } },
		    SLOT_GREEN },
		/* visitors sent to what has not proved itself */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_EMPTY, 2 } },
		    { { WANT_WARM, 1 }, { WANT_ACTIVE, 2 } }, -1, { { 0 } },
		    SLOT_GREEN },
		{ { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } },
		    { { WANT_ACTIVE, 1 }, { WANT_EMPTY, 0 } }, -1, { { 0 } },
		    SLOT_BLUE },
		/* grace for what never was active */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_EMPTY, 2 } },
		    { { WANT_ACTIVE, 1 }, { WANT_WARM, 2 } }, -1, { { 0 } },
		    SLOT_GREEN },
		/* a release in grace deployed again */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_DEPLOYED, 1 }, { WANT_ACTIVE, 2 } }, -1, { { 0 } },
		    SLOT_BLUE },
		/* two active ones; a release without a number; none with */
		{ { { SLOT_GRACE, 1 }, { SLOT_ACTIVE, 2 } },
		    { { WANT_ACTIVE, 1 }, { WANT_ACTIVE, 2 } }, -1, { { 0 } },
		    SLOT_GREEN },
		{ { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } },
		    { { WANT_DEPLOYED, 0 }, { WANT_EMPTY, 0 } }, -1, { { 0 } },
		    SLOT_BLUE },
		{ { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } },
		    { { WANT_EMPTY, 0 }, { WANT_EMPTY, 7 } }, -1, { { 0 } },
		    SLOT_GREEN },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		follow(&steps[i]);
}

/* cid-api may have gone on while the edge was down. */
static void
steps_that_were_missed_are_made_up_for(void **unused)
{
	static const struct step steps[] = {
		/* green was promoted, then blue taken back */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_DEPLOYED, 2 } },
		    { { WANT_ACTIVE, 1 }, { WANT_WARM, 2 } }, 0,
		    { { SLOT_ACTIVE, 1 }, { SLOT_GRACE, 2 } }, 0 },
		/* green was promoted, and blue's place is needed at once */
		{ { { SLOT_ACTIVE, 1 }, { SLOT_DEPLOYED, 2 } },
		    { { WANT_DEPLOYED, 3 }, { WANT_ACTIVE, 2 } }, 0,
		    { { SLOT_EMPTY, 3 }, { SLOT_ACTIVE, 2 } }, 0 },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		follow(&steps[i]);
}

static void
the_first_word_is_taken_for_what_is(void **unused)
{
	static const struct slot_goal goal[SLOTS] = { { WANT_COLD, 1 },
		{ WANT_ACTIVE, 2 } };
	static const struct slot_goal both[SLOTS] = { { WANT_ACTIVE, 1 },
		{ WANT_ACTIVE, 2 } };
	struct slot_at at[SLOTS] = { { SLOT_EMPTY, 0 }, { SLOT_EMPTY, 0 } };
	uint32_t refused;

	(void)unused;
	assert_int_equal(slot_adopt(at, both, &refused), -1);
	assert_int_equal(at[SLOT_BLUE].state, SLOT_EMPTY);
	assert_int_equal(slot_adopt(at, goal, &refused), 0);
	assert_int_equal(at[SLOT_BLUE].state, SLOT_GRACE);
	assert_int_equal(at[SLOT_BLUE].release_id, 1);
	assert_int_equal(at[SLOT_GREEN].state, SLOT_ACTIVE);
	assert_int_equal(at[SLOT_GREEN].release_id, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_else_is_possible),
		cmocka_unit_test(active_slot_is_never_removed),
		cmocka_unit_test(a_release_goes_the_way_of_a_release),
		cmocka_unit_test(what_can_not_be_is_refused),
		cmocka_unit_test(steps_that_were_missed_are_made_up_for),
		cmocka_unit_test(the_first_word_is_taken_for_what_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
