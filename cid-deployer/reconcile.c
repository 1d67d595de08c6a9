/*
 * The difference between what should run and what does, as a list of
 * actions.  No I/O and no memory: release.c draws the picture, carries the
 * actions out and asks again whenever something changed.
 */

#include "reconcile.h"

#define NO_SLOT SLOTS

static void
add(struct rec_plan *p, enum rec_act act, uint32_t slot, unsigned int tell)
{
	struct rec_action *a;

	if (p->len == REC_ACTIONS_MAX)
		return; /* the next turn finds what is left */
	a = &p->actions[p->len++];
	a->act = act;
	a->slot = slot;
	a->tell = tell;
}

static enum slot_want
want_of(const struct rec_env *e, uint32_t slot)
{
	return e->is_wanted ? e->slots[slot].want : WANT_EMPTY;
}

static int
is_mine(const struct rec_slot *s)
{
	return s->seen != CONTAINER_GONE && s->is_in_place &&
	    s->seen_release == s->release_id;
}

static int
is_running(const struct rec_slot *s)
{
	return s->seen == CONTAINER_RUNNING && is_mine(s);
}

/* What is there, or about to be, belongs to another release. */
static int
is_foreign(const struct rec_slot *s)
{
	if (s->seen != CONTAINER_GONE && !is_mine(s))
		return 1;
	return s->order == REC_ORDER_START && s->order_release != s->release_id;
}

/* Visitors are sent to the wanted release in this slot. */
static int
is_live(const struct rec_env *e, uint32_t slot)
{
	return e->route == REC_LIVE && e->route_slot == slot &&
	    e->route_release == e->slots[slot].release_id;
}

/* Visitors are, or may still be, in whatever is in this slot. */
static int
is_used(const struct rec_env *e, uint32_t slot)
{
	return e->slots[slot].draining != 0 ||
	    (e->route == REC_LIVE && e->route_slot == slot);
}

/* A new container would get visitors that are another release's. */
static int
is_taken(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];

	if (s->draining != 0 && s->draining != s->release_id)
		return 1;
	return e->route == REC_LIVE && e->route_slot == slot &&
	    !is_live(e, slot);
}

static enum rec_order
order_for_gone(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];

	if (s->seen == CONTAINER_GONE && s->order != REC_ORDER_START &&
	    s->order != REC_ORDER_REMOVE)
		return REC_NO_ORDER;
	return is_used(e, slot) ? REC_NO_ORDER : REC_ORDER_REMOVE;
}

static enum rec_order
order_for_cold(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];

	if (is_used(e, slot))
		return REC_NO_ORDER;
	if (is_foreign(s))
		return REC_ORDER_REMOVE;
	if (s->seen == CONTAINER_RUNNING || s->order == REC_ORDER_START)
		return REC_ORDER_STOP;
	return REC_NO_ORDER;
}

/*
 * What visitors have, or may have again at once, is to come back by itself
 * also while cid is away.  The start of what runs already says so.
 */
static int
needs_keeping(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];

	if (s->is_kept)
		return 0;
	return s->want == WANT_WARM ||
	    (s->want == WANT_ACTIVE && is_live(e, slot));
}

static enum rec_order
order_for_running(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];

	if (is_foreign(s)) {
		/* What is not the active release has no claim to its place. */
		if (s->want == WANT_ACTIVE)
			return s->draining ? REC_NO_ORDER : REC_ORDER_REMOVE;
		return is_used(e, slot) ? REC_NO_ORDER : REC_ORDER_REMOVE;
	}
	if (is_running(s))
		return needs_keeping(e, slot) ? REC_ORDER_START : REC_NO_ORDER;
	if (s->is_checking || is_taken(e, slot))
		return REC_NO_ORDER;
	/* The active release is restarted whatever became of it. */
	if (s->is_failed && !is_live(e, slot))
		return REC_NO_ORDER;
	return REC_ORDER_START;
}

static enum rec_order
order_for(const struct rec_env *e, uint32_t slot)
{
	switch (want_of(e, slot)) {
	case WANT_EMPTY:
		return order_for_gone(e, slot);
	case WANT_COLD:
		return order_for_cold(e, slot);
	default:
		return order_for_running(e, slot);
	}
}

static void
plan_order(const struct rec_env *e, uint32_t slot, struct rec_plan *p)
{
	static const enum rec_act act[] = {
		[REC_ORDER_START] = REC_START,
		[REC_ORDER_STOP] = REC_STOP,
		[REC_ORDER_REMOVE] = REC_REMOVE,
	};
	const struct rec_slot *s = &e->slots[slot];
	enum rec_order o = order_for(e, slot);

	if (o == REC_NO_ORDER || !e->can_order || o == s->order)
		return;
	/* What is being taken away must be gone before something begins. */
	if (o == REC_ORDER_START && s->order != REC_NO_ORDER && !s->is_waiting)
		return;
	add(p, act[o], slot, 0);
}

static int
needs_health(const struct rec_env *e, uint32_t slot)
{
	switch (want_of(e, slot)) {
	case WANT_DEPLOYED:
	case WANT_WARM:
		return 1;
	case WANT_ACTIVE:
		return !is_live(e, slot);
	default:
		return 0;
	}
}

/* Nothing is held against a release while the engine may be away. */
static void
plan_check(const struct rec_env *e, uint32_t slot, struct rec_plan *p)
{
	const struct rec_slot *s = &e->slots[slot];
	int needed = e->can_order && needs_health(e, slot);

	if (s->is_checking && !needed)
		add(p, REC_UNCHECK, slot, 0);
	else if (needed && is_running(s) && !s->is_checking && !s->is_healthy &&
	    !s->is_failed)
		add(p, REC_CHECK, slot, 0);
}

/* What is true of the wanted release and worth telling. */
static unsigned int
facts(const struct rec_env *e, uint32_t slot)
{
	const struct rec_slot *s = &e->slots[slot];
	enum slot_want want = want_of(e, slot);
	unsigned int f = 0;

	if (needs_health(e, slot) && s->is_failed)
		return REC_FAILED;
	if (want == WANT_DEPLOYED && is_running(s))
		f |= s->is_healthy ? REC_STARTED | REC_HEALTHY : REC_STARTED;
	if (want == WANT_ACTIVE && is_live(e, slot) && e->is_route_settled)
		f |= REC_SWITCHED;
	if ((want == WANT_WARM || want == WANT_COLD) && !is_used(e, slot))
		f |= REC_DRAINED;
	return f;
}

static void
plan_tell(const struct rec_env *e, uint32_t slot, struct rec_plan *p)
{
	unsigned int f = facts(e, slot) & ~e->slots[slot].told;
	unsigned int bit;

	for (bit = REC_STARTED; bit <= REC_DRAINED; bit <<= 1) {
		if (f & bit)
			add(p, REC_TELL, slot, bit);
	}
}

static uint32_t
active_slot(const struct rec_env *e)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		if (want_of(e, i) == WANT_ACTIVE)
			return i;
	}
	return NO_SLOT;
}

/*
 * Visitors move when the active release runs at its address and is healthy,
 * and not before; they stay where they are when it is lost afterwards.
 */
static void
plan_route(const struct rec_env *e, struct rec_plan *p)
{
	uint32_t a = active_slot(e);

	if (!e->is_wanted) {
		if (e->route != REC_NO_ROUTE)
			add(p, REC_UNROUTE, 0, 0);
		return;
	}
	if (a != NO_SLOT && is_live(e, a)) {
		if (e->is_route_stale)
			add(p, REC_ROUTE, a, 0);
		return;
	}
	if (a != NO_SLOT && is_running(&e->slots[a]) && e->slots[a].is_healthy)
		add(p, REC_ROUTE, a, 0);
	else if (e->route == REC_NO_ROUTE ||
	    (e->route == REC_VACANT && e->is_route_stale) ||
	    (e->route == REC_LIVE && a == NO_SLOT))
		add(p, REC_VACATE, 0, 0);
}

static int
is_slot_clear(const struct rec_slot *s)
{
	return s->seen == CONTAINER_GONE && s->order == REC_NO_ORDER &&
	    s->draining == 0 && !s->is_checking;
}

/*
 * Plan what is to be done about one environment now.  An empty plan means
 * that it is as it should be, or that what is under way has to end first.
 */
void
reconcile_env(const struct rec_env *e, struct rec_plan *p)
{
	uint32_t i;

	p->len = 0;
	plan_route(e, p);
	for (i = 0; i < SLOTS; i++) {
		plan_order(e, i, p);
		plan_check(e, i, p);
		plan_tell(e, i, p);
	}
	if (!e->is_wanted && p->len == 0 && e->can_order &&
	    e->route == REC_NO_ROUTE && e->is_route_settled &&
	    is_slot_clear(&e->slots[SLOT_BLUE]) &&
	    is_slot_clear(&e->slots[SLOT_GREEN]))
		add(p, REC_FORGET, 0, 0);
}

/*
 * Say whether anything may be changed yet: what should be and what is are
 * both known, and it is not a database that lost its projects.
 */
int
reconcile_may_begin(const struct rec_world *w)
{
	if (!w->is_synced || !w->is_listed)
		return 0;
	return w->projects > 0 || w->wanted > 0 || w->unknown == 0 ||
	    w->mode != RECONCILE_NORMAL;
}

/*
 * Decide about containers of an environment that nobody wants.  They are
 * orphans, unless the database knows no project at all; what was held once
 * stays so until a person says otherwise.
 */
enum rec_stray
reconcile_stray(const struct rec_world *w, int is_held)
{
	switch (w->mode) {
	case RECONCILE_PURGE:
		return REC_TAKE_AWAY;
	case RECONCILE_ADOPT:
		return REC_HOLD;
	default:
		if (is_held || (w->projects == 0 && w->wanted == 0))
			return REC_HOLD;
		return REC_TAKE_AWAY;
	}
}
