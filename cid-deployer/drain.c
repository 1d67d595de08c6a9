/*
 * Releases that visitors have left but may still be in: until every worker
 * that knew the route has said that nothing goes there any more, or its time
 * is over, the container is neither stopped nor replaced.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "conf.h"
#include "drain.h"
#include "env.h"
#include "log.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "peer.h"
#include "release.h"
#include "report.h"
#include "timer.h"
#include "workers.h"

#define WORKERS_MAX 64
#define SLACK_MS 5000 /* after the limit that the workers keep */

struct drain {
	LIST_ENTRY(drain) entry;
	struct msg_release release; /* count: requests that were cut off */
	uint64_t generation;	    /* of the first route that left it */
	struct event *timer;
	int is_old; /* begun before we were: ROUTE_DRAINED may be past */
	uint32_t waiting[WORKERS_MAX];
	size_t waiting_len;
};

static LIST_HEAD(, drain)
drains = LIST_HEAD_INITIALIZER(drains);
static struct event_base *base;

void
drain_init(struct event_base *b)
{
	base = b;
}

static struct drain *
find(uint64_t env_id, uint32_t slot)
{
	struct drain *d;

	LIST_FOREACH(d, &drains, entry) {
		if (d->release.env_id == env_id && d->release.slot == slot)
			return d;
	}
	return NULL;
}

static void
remove_drain(struct drain *d)
{
	LIST_REMOVE(d, entry);
	event_free(d->timer);
	free(d);
}

/*
 * Nothing goes to the release any more.  The one that is still wanted in its
 * slot is told with its other facts.
 */
static void
finish(struct drain *d)
{
	struct env *e = env_find(d->release.env_id);
	struct env_slot *s = NULL;

	if (e != NULL)
		s = &e->slots[d->release.slot];
	if (s != NULL && e->standing == ENV_WANTED &&
	    s->want.release_id == d->release.release_id)
		s->work.cut = d->release.count;
	else
		report_drained(&d->release);
	remove_drain(d);
	if (e != NULL)
		release_kick(e);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct drain *d = arg;

	(void)fd;
	(void)what;
	if (!d->is_old)
		log_warnx("release %llu: %zu workers never said that it "
			  "drained",
		    (unsigned long long)d->release.release_id, d->waiting_len);
	finish(d);
}

static struct drain *
drain_new(const struct env *e, uint32_t slot, uint64_t release_id,
    uint32_t slack_ms)
{
	uint32_t ms = e->drain_ms != 0 ? e->drain_ms : conf()->drain_ms;
	struct drain *d;

	drain_cancel(e->env_id, slot);
	if ((d = calloc(1, sizeof(*d))) == NULL)
		fatal("drain");
	d->timer = timer_new(base, on_timer, d);
	d->release.env_id = e->env_id;
	d->release.project_id = e->project_id;
	d->release.release_id = release_id;
	d->release.slot = slot;
	timer_set(d->timer, (uint64_t)ms + slack_ms);
	LIST_INSERT_HEAD(&drains, d, entry);
	return d;
}

/*
 * Visitors leave the release that the environment's route led to; generation
 * is of the first change that says so.
 */
void
drain_begin(const struct env *e, uint64_t generation)
{
	const struct env_route *r = &e->route;
	struct drain *d;

	d = drain_new(e, r->slot, r->release_id, SLACK_MS);
	d->release.build_id = r->build_id;
	d->release.number = r->number;
	d->generation = generation;
	d->waiting_len = workers_living(d->waiting, WORKERS_MAX);
	if (d->waiting_len == 0)
		finish(d);
}

/*
 * A container runs that had visitors perhaps, before we were started: give
 * them the time that they may take, unless every worker says that it has
 * nobody left who is on the way out.
 */
void
drain_unknown(const struct env *e, uint32_t slot, uint64_t release_id)
{
	struct drain *d;

	if (release_id == 0)
		return;
	d = drain_new(e, slot, release_id, 0);
	d->is_old = 1;
	d->waiting_len = workers_living(d->waiting, WORKERS_MAX);
}

/* Visitors come back, or the drain begins anew. */
void
drain_cancel(uint64_t env_id, uint32_t slot)
{
	struct drain *d = find(env_id, slot);

	if (d != NULL)
		remove_drain(d);
}

/* The release in a slot that may still have visitors; 0: none. */
uint64_t
drain_of(uint64_t env_id, uint32_t slot)
{
	struct drain *d = find(env_id, slot);

	return d == NULL ? 0 : d->release.release_id;
}

/* Returns 1 when d is finished and gone. */
static int
strike_out(struct drain *d, uint32_t instance)
{
	size_t i;

	for (i = 0; i < d->waiting_len; i++) {
		if (d->waiting[i] == instance)
			break;
	}
	if (i == d->waiting_len)
		return 0;
	d->waiting[i] = d->waiting[--d->waiting_len];
	if (d->waiting_len > 0)
		return 0;
	finish(d);
	return 1;
}

/* ROUTE_DRAINED: nothing goes there any more, in this worker. */
void
drain_from(struct peer *p, const struct msg_route_drained *m)
{
	struct drain *d = find(m->env_id, m->slot);

	if (d == NULL || d->release.release_id != m->release_id ||
	    m->generation < d->generation)
		return;
	d->release.count += m->cut;
	strike_out(d, peer_instance(p));
}

/* A worker's end is the end of all that went through it. */
void
drain_worker_gone(uint32_t instance)
{
	struct drain *d, *next;

	LIST_FOREACH_SAFE(d, &drains, entry, next)
	strike_out(d, instance);
}

/* A worker has our routes, and nothing in it is on the way out. */
void
drain_worker_clear(uint32_t instance)
{
	struct drain *d, *next;

	LIST_FOREACH_SAFE(d, &drains, entry, next)
	{
		if (d->is_old)
			strike_out(d, instance);
	}
}
