/*
 * The life of a slot: which states follow which events, and which wishes of
 * cid-api can be followed.  No I/O here; release.c acts on the answer.
 */

#include "slot.h"

#define NO SLOT_STATES /* this event can't happen in this state */

/* clang-format off */
static const enum slot_state next[SLOT_STATES][SLOT_EVENTS] = {
	/*                  HEALTHY        PROMOTE      OVERTAKE    REMOVE */
	[SLOT_EMPTY]    = { SLOT_DEPLOYED, NO,          NO,         NO },
	[SLOT_DEPLOYED] = { NO,            SLOT_ACTIVE, NO,         SLOT_EMPTY },
	[SLOT_ACTIVE]   = { NO,            NO,          SLOT_GRACE, NO },
	[SLOT_GRACE]    = { NO,            SLOT_ACTIVE, NO,         SLOT_EMPTY },
};
/* clang-format on */

/*
 * Set *to to the state that follows.  Returns 0, or -1 with *to untouched
 * when the event can't happen in this state: the active slot, above all, is
 * never removed, only overtaken.
 */
int
slot_next(enum slot_state from, enum slot_event event, enum slot_state *to)
{
	if (next[from][event] == NO)
		return -1;
	*to = next[from][event];
	return 0;
}

static int
step(struct slot_at *at, enum slot_event event)
{
	return slot_next(at->state, event, &at->state);
}

/* The release that was there has to go, as far as its state lets it. */
static int
make_way(struct slot_at *at, const struct slot_goal *goal)
{
	if (at->state != SLOT_EMPTY && step(at, SLOT_REMOVE) == -1)
		return -1;
	at->release_id = goal->release_id;
	return 0;
}

static int
arrive(struct slot_at *at, enum slot_want want)
{
	switch (want) {
	case WANT_EMPTY:
		return 0;
	case WANT_DEPLOYED:
		return at->state == SLOT_EMPTY || at->state == SLOT_DEPLOYED
		    ? 0
		    : -1;
	case WANT_ACTIVE:
		return at->state == SLOT_ACTIVE ? 0 : step(at, SLOT_PROMOTE);
	case WANT_WARM:
	case WANT_COLD:
		/* It may have been active while nobody told us. */
		if (at->state == SLOT_DEPLOYED && step(at, SLOT_PROMOTE) == -1)
			return -1;
		if (at->state == SLOT_ACTIVE)
			return step(at, SLOT_OVERTAKE);
		return at->state == SLOT_GRACE ? 0 : -1;
	default:
		return -1;
	}
}

static int
follow(struct slot_at *at, const struct slot_goal *goal, int is_overtaken)
{
	int same =
	    goal->release_id == at->release_id && goal->want != WANT_EMPTY;

	/* Its visitors have to go somewhere before it gives way. */
	if (at->state == SLOT_ACTIVE && !same &&
	    (!is_overtaken || step(at, SLOT_OVERTAKE) == -1))
		return -1;
	if (!same && make_way(at, goal) == -1)
		return -1;
	return arrive(at, goal->want);
}

static int
is_sound(const struct slot_goal *goal)
{
	return goal->want < WANTS &&
	    (goal->want == WANT_EMPTY) == (goal->release_id == 0);
}

/* Say whether the goals make sense at all; if not, *refused is to blame. */
static int
check_goals(const struct slot_goal goal[SLOTS], uint32_t *refused)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		*refused = i;
		if (!is_sound(&goal[i]))
			return -1;
	}
	if (goal[SLOT_BLUE].want == WANT_ACTIVE &&
	    goal[SLOT_GREEN].want == WANT_ACTIVE)
		return -1;
	return 0;
}

/*
 * Walk both slots to where cid-api wants them, by transitions of slot_next()
 * only.  SLOT_HEALTHY is not ours to take, so a release that has not proved
 * itself goes no further than DEPLOYED is wanted.  Returns 0, or -1 with at
 * untouched and *refused set to the slot that can't go there.
 */
int
slot_follow(struct slot_at at[SLOTS], const struct slot_goal goal[SLOTS],
    uint32_t *refused)
{
	struct slot_at to[SLOTS];
	uint32_t i;

	if (check_goals(goal, refused) == -1)
		return -1;
	for (i = 0; i < SLOTS; i++) {
		to[i] = at[i];
		*refused = i;
		if (follow(&to[i], &goal[i],
			goal[SLOTS - 1 - i].want == WANT_ACTIVE) == -1)
			return -1;
	}
	for (i = 0; i < SLOTS; i++)
		at[i] = to[i];
	return 0;
}

/*
 * Take the goals for what is: nothing is known yet, and the database is
 * right.  Returns 0, or -1 as slot_follow() does when they make no sense.
 */
int
slot_adopt(struct slot_at at[SLOTS], const struct slot_goal goal[SLOTS],
    uint32_t *refused)
{
	static const enum slot_state state[WANTS] = {
		[WANT_EMPTY] = SLOT_EMPTY,
		[WANT_DEPLOYED] = SLOT_EMPTY,
		[WANT_ACTIVE] = SLOT_ACTIVE,
		[WANT_WARM] = SLOT_GRACE,
		[WANT_COLD] = SLOT_GRACE,
	};
	uint32_t i;

	if (check_goals(goal, refused) == -1)
		return -1;
	for (i = 0; i < SLOTS; i++) {
		at[i].state = state[goal[i].want];
		at[i].release_id = goal[i].release_id;
	}
	return 0;
}
