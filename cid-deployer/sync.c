/*
 * When may anything be changed?  After cid-api named all that should be and
 * cid-builder all that is; orders only while builder and engine are there.
 * What nobody wants is an orphan, or held for a person to decide.
 */

#include <stdio.h>
#include <string.h>

#include "child.h"
#include "drain.h"
#include "env.h"
#include "log.h"
#include "msg_build.h"
#include "observe.h"
#include "order.h"
#include "peer.h"
#include "release.h"
#include "report.h"
#include "sync.h"
#include "visit.h"

static struct rec_world world;
static struct msg_reconciled counts;
static int is_open;	 /* once open, it stays so */
static int is_list_due;	 /* asked for, not answered yet */
static int is_engine_up; /* and its containers are known */
static int is_report_due;

/* cid-api is there (again): what it does not name before RELEASE_SYNC has
 * been deleted meanwhile, and it has heard nothing from us. */
void
sync_api_up(void)
{
	struct env *e = NULL;
	uint32_t i;

	while ((e = env_next(e)) != NULL) {
		e->is_stale =
		    e->standing == ENV_WANTED || e->standing == ENV_REFUSED;
		for (i = 0; i < SLOTS; i++) {
			e->slots[i].work.told = 0;
			e->slots[i].seen.is_told = 0;
		}
	}
}

/* A database without any project lost them; what runs is left alone. */
static int
is_database_lost(void)
{
	return world.projects == 0 && world.mode == RECONCILE_NORMAL;
}

/* RELEASE_SYNC: everything that should be was named. */
void
sync_from_api(const struct msg_release_sync *s)
{
	struct env *e = NULL;

	world.is_synced = 1;
	world.projects = s->projects;
	world.mode = (enum reconcile_mode)s->mode;
	while ((e = env_next(e)) != NULL) {
		observe_tell(e);
		if (!e->is_stale || is_database_lost())
			continue;
		e->is_stale = 0;
		e->standing = ENV_FORGOTTEN;
	}
	is_report_due = 1;
	release_kick_all();
}

static void
ask_for_list(void)
{
	observe_list_begin();
	is_engine_up = 0;
	is_list_due = peer_send(child_peer(PROC_BUILDER, 0), MSG_CONTAINER_LIST,
			  NULL, 0) == 0;
}

static void
drop_orders(void)
{
	struct env *e = NULL;
	uint32_t i;

	while ((e = env_next(e)) != NULL) {
		for (i = 0; i < SLOTS; i++)
			order_drop(e, i);
	}
	release_kick_all();
}

void
sync_builder_up(void)
{
	ask_for_list();
}

void
sync_builder_down(void)
{
	is_engine_up = 0;
	is_list_due = 0;
	drop_orders();
}

/*
 * CONTAINER_END: the list is complete, or the engine came or went.  One that
 * comes may have lost containers, so they are listed anew.
 */
void
sync_engine(const struct msg_engine *m)
{
	if (!m->up) {
		observe_list_begin();
		is_engine_up = 0;
		is_list_due = 0;
		drop_orders();
		return;
	}
	if (!is_list_due) {
		if (!is_engine_up)
			ask_for_list();
		return;
	}
	is_list_due = 0;
	is_engine_up = 1;
	world.is_listed = 1;
	observe_list_end();
	is_report_due = 1;
	release_kick_all();
}

static int
is_seen(const struct env *e)
{
	return e->slots[SLOT_BLUE].seen.is.state != CONTAINER_GONE ||
	    e->slots[SLOT_GREEN].seen.is.state != CONTAINER_GONE;
}

/* Neither named by cid-api since it came up, nor on its way out. */
static int
is_unknown(const struct env *e)
{
	return e->standing == ENV_STRAY || e->is_stale;
}

static void
count_world(void)
{
	struct env *e = NULL;

	world.unknown = world.wanted = 0;
	while ((e = env_next(e)) != NULL) {
		if (!is_unknown(e))
			world.wanted++;
		else if (is_seen(e))
			world.unknown++;
	}
}

/*
 * The first word about an environment is taken for what is: what the database
 * calls active is what visitors get, whether or not it runs right now, and
 * what runs in grace was healthy.  Who may still be in there is unknown;
 * cid-api gives up no other slot that drains.
 */
void
sync_adopt(struct env *e)
{
	const struct env_slot *s;
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		s = &e->slots[i];
		if (e->standing == ENV_WANTED && s->want.want == WANT_ACTIVE)
			visit_adopt(e, i);
		if (s->seen.is.state != CONTAINER_RUNNING)
			continue;
		if (s->want.want == WANT_WARM &&
		    s->want.release_id == s->seen.is.release_id)
			e->slots[i].work.is_healthy = 1;
		if (s->want.want == WANT_WARM || e->standing == ENV_FORGOTTEN)
			drain_unknown(e, i, s->seen.is.release_id);
	}
}

/* What runs while no project is known is not judged by the next one. */
static void
hold_strays(void)
{
	struct env *e = NULL;

	while (world.is_synced && world.is_listed && (e = env_next(e)) != NULL)
		e->is_held |= e->standing == ENV_STRAY;
}

/*
 * Say whether anything may be changed, and begin with it when that becomes
 * true.
 */
int
sync_begin(void)
{
	struct env *e = NULL;

	if (is_open)
		return 1;
	count_world();
	if (!reconcile_may_begin(&world)) {
		hold_strays();
		return 0;
	}
	is_open = 1;
	while ((e = env_next(e)) != NULL) {
		sync_adopt(e);
		e->is_dirty = 1;
	}
	return 1;
}

int
sync_is_open(void)
{
	return is_open;
}

/* Builder and engine are there, and what runs is known. */
int
sync_can_order(void)
{
	return is_engine_up;
}

/*
 * Say whether an environment is ours to change.  Orphans become so here; the
 * record of one that is neither wanted nor seen goes with its plan.
 */
int
sync_is_ours(struct env *e)
{
	switch (e->standing) {
	case ENV_WANTED:
		return !e->is_stale || !is_database_lost();
	case ENV_FORGOTTEN:
		return 1;
	case ENV_REFUSED:
		return 0;
	case ENV_STRAY:
		break;
	}
	count_world();
	if (reconcile_stray(&world, e->is_held) == REC_HOLD) {
		e->is_held = 1;
		return 0;
	}
	e->is_held = 0;
	e->standing = ENV_FORGOTTEN;
	return 1;
}

/* What was done since the last report. */
struct msg_reconciled *
sync_count(void)
{
	return &counts;
}

static uint32_t
count_unknown(void)
{
	struct env *e = NULL;
	uint32_t i, n = 0;

	while ((e = env_next(e)) != NULL) {
		if (!is_unknown(e))
			continue;
		for (i = 0; i < SLOTS; i++)
			n += e->slots[i].seen.is.state != CONTAINER_GONE;
	}
	return n;
}

/*
 * The turn is over: tell cid-api what came of a list or of RELEASE_SYNC.  A
 * person's decision was about what was unknown by then, and no more.
 */
void
sync_end_turn(void)
{
	char text[ENV_TEXT_MAX] = "";

	if (is_open)
		world.mode = RECONCILE_NORMAL;
	if (!is_report_due || !world.is_synced || !world.is_listed)
		return;
	is_report_due = 0;
	counts.unknown = count_unknown();
	if (counts.unknown > 0) {
		snprintf(text, sizeof(text), "%u %s",
		    (unsigned int)counts.unknown,
		    reason_sentence(REASON_UNKNOWN_CONTAINERS));
		log_warnx("%u containers run that no project knows",
		    (unsigned int)counts.unknown);
	}
	report_reconciled(&counts, text);
	memset(&counts, 0, sizeof(counts));
}
