/*
 * The clock of grace: warm, then stopped, then gone, at times that are in
 * the database, so that no restart of cid forgets them.  Also wakes releases
 * that wait for a slot to drain, and prunes the inbox.
 */

#include <event2/event.h>
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "db.h"
#include "db_delivery.h"
#include "grace.h"
#include "log.h"
#include "msg_conf.h"
#include "release.h"
#include "site.h"
#include "slots.h"
#include "switch.h"
#include "want.h"

#define LOOK_MAX_MS 600000 /* also when the clock was set */
#define REFUSED_KEPT 1000
#define BODIES_KEPT_MS ((int64_t)7 * 86400 * 1000)
#define PRUNE_MS 3600000
#define SLOTS_AT_ONCE 64

static struct event *timer;
static uint64_t pruned_ms;

/* What a look at the slots in grace found. */
struct look {
	int64_t now;
	int64_t next; /* the earliest time of something to do, 0: none */
	struct slot_row due[SLOTS_AT_ONCE];
	enum slot_want want[SLOTS_AT_ONCE];
	size_t len;
	int64_t drained[SLOTS_AT_ONCE]; /* environments */
	size_t drained_len;
};

static void
set_timer(int64_t ms)
{
	struct timeval tv;

	if (ms < 0)
		ms = 0;
	if (ms > LOOK_MAX_MS)
		ms = LOOK_MAX_MS;
	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	evtimer_add(timer, &tv);
}

static void
note_time(struct look *l, int64_t when)
{
	if (l->next == 0 || when < l->next)
		l->next = when;
}

static int
look_at(void *row, void *arg)
{
	const struct slot_row *s = row;
	int64_t drained_by, when;
	struct look *l = arg;
	enum slot_want want;

	drained_by = release_drained_by(s);
	if (drained_by > l->now)
		note_time(l, drained_by);
	else if (drained_by != 0 && l->drained_len < SLOTS_AT_ONCE)
		l->drained[l->drained_len++] = s->environment_id;
	if ((when = slots_due(s, drained_by, &want)) == 0)
		return 0;
	if (when > l->now || l->len == SLOTS_AT_ONCE) {
		note_time(l, when);
	} else {
		l->due[l->len] = *s;
		l->want[l->len++] = want;
	}
	return 0;
}

static void
change_slot(const struct slot_row *due, enum slot_want want)
{
	struct slot_row *slot;
	struct site s;
	int ret;

	if (site_load(due->environment_id, &s) == -1)
		return;
	slot = &s.slots[due->slot];
	if (want == WANT_EMPTY) {
		ret = release_end(&s, slot, REASON_EXPIRED, "");
	} else {
		slot->is_warm = 0;
		ret = db_slot_save(slot);
	}
	if (ret == 0) {
		log_info("%s: slot %s is %s", s.project.name,
		    slot_names[slot->slot],
		    want == WANT_EMPTY ? "emptied" : "stopped, but kept");
		want_tell(s.env.id);
	}
	site_free(&s);
}

static void
look(void)
{
	static struct look l;
	size_t i;

	memset(&l, 0, sizeof(l));
	l.now = (int64_t)clock_wall_ms();
	if (db_slot_each_grace(look_at, &l) == -1)
		log_warnx("slots in grace can't be read");
	for (i = 0; i < l.len; i++)
		change_slot(&l.due[i], l.want[i]);
	for (i = 0; i < l.drained_len; i++)
		switch_wake(l.drained[i]);
	set_timer(l.next == 0 ? LOOK_MAX_MS : l.next - l.now);
}

static void
prune(void)
{
	if (pruned_ms != 0 && clock_ms() - pruned_ms < PRUNE_MS)
		return;
	pruned_ms = clock_ms();
	db_delivery_prune(REFUSED_KEPT,
	    (int64_t)clock_wall_ms() - BODIES_KEPT_MS);
}

static void
on_timer(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	look();
	prune();
}

void
grace_look(void)
{
	set_timer(0);
}

void
grace_loop(struct event_base *base)
{
	if ((timer = evtimer_new(base, on_timer, NULL)) == NULL)
		fatalx("%s: no memory", __func__);
	grace_look();
}
