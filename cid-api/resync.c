/*
 * A fact that was heard but could not be written, the disk being full, is
 * asked for again: both neighbours repeat what they know when they are told
 * what should be.
 */

#include <event2/event.h>
#include <stddef.h>

#include "db.h"
#include "log.h"
#include "resync.h"
#include "run.h"
#include "want.h"

#define AGAIN_S 2

static struct event *timer;
static int is_watched; /* in this turn */

static void
resync(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	run_greet();
	want_tell_all(RECONCILE_NORMAL);
	queue_kick();
	resync_watch();
}

void
resync_soon(void)
{
	struct timeval again = { AGAIN_S, 0 };

	if (timer == NULL || evtimer_pending(timer, NULL))
		return;
	log_warnx("not all could be written; trying again in %d s", AGAIN_S);
	evtimer_add(timer, &again);
}

static void
on_turn_end(void *arg, int committed)
{
	(void)arg;
	is_watched = 0;
	if (!committed)
		resync_soon();
}

void
resync_watch(void)
{
	if (is_watched)
		return;
	is_watched = 1;
	db_after_commit(on_turn_end, NULL);
}

void
resync_loop(struct event_base *base)
{
	if ((timer = evtimer_new(base, resync, NULL)) == NULL)
		fatalx("%s: no memory", __func__);
}
