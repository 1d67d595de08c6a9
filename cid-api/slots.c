/*
 * What follows from the states of an environment's two slots: where the next
 * release goes, what cid-deployer is to do, when grace ends.  No I/O here.
 */

#include "slots.h"

/* The less its loss matters, the lower. */
static int
worth(const struct slot_row *s)
{
	switch ((enum slot_state)s->state) {
	case SLOT_EMPTY:
		return 0;
	case SLOT_DEPLOYED:
		return 1;
	case SLOT_GRACE:
		return 2;
	case SLOT_ACTIVE:
		break;
	}
	return 3;
}

/* The slot for the next release: never the active one. */
int
slots_target(const struct slot_row s[SLOTS])
{
	int blue = worth(&s[SLOT_BLUE]), green = worth(&s[SLOT_GREEN]);

	if (blue != green)
		return blue < green ? SLOT_BLUE : SLOT_GREEN;
	return s[SLOT_BLUE].since_ms <= s[SLOT_GREEN].since_ms ? SLOT_BLUE
							       : SLOT_GREEN;
}

enum slot_want
slots_want(const struct slot_row *s)
{
	switch ((enum slot_state)s->state) {
	case SLOT_EMPTY:
		break;
	case SLOT_DEPLOYED:
		return WANT_DEPLOYED;
	case SLOT_ACTIVE:
		return WANT_ACTIVE;
	case SLOT_GRACE:
		return s->is_warm ? WANT_WARM : WANT_COLD;
	}
	return WANT_EMPTY;
}

/*
 * When the last requests of a slot in grace are over at the latest; 0 when
 * they are.
 */
int64_t
slots_drained_by(const struct slot_row *s, int64_t drained_ms, int64_t drain_ms)
{
	if (s->state != SLOT_GRACE || drained_ms != 0)
		return 0;
	return s->since_ms + drain_ms + SLOTS_SLACK_MS;
}

/* When the clock changes the slot, and what is wanted then; 0: never. */
int64_t
slots_due(const struct slot_row *s, int64_t drained_by, enum slot_want *want)
{
	int64_t when = s->grace_until_ms;

	if (s->state != SLOT_GRACE)
		return 0;
	*want = WANT_EMPTY;
	if (s->is_warm && (when == 0 || s->warm_until_ms < when)) {
		when = s->warm_until_ms;
		*want = WANT_COLD;
	}
	if (when == 0)
		return 0;
	return when > drained_by ? when : drained_by;
}
