/*
 * Makes what runs equal what is wanted: at the end of each turn of the loop
 * every environment that changed is compared and the difference acted on.
 */

#include <string.h>

#include <event2/event.h>

#include "check.h"
#include "drain.h"
#include "env.h"
#include "log.h"
#include "order.h"
#include "release.h"
#include "report.h"
#include "routes.h"
#include "sync.h"
#include "visit.h"
#include "workers.h"

static struct event *turn;

static void on_turn(evutil_socket_t, short, void *);

void
release_init(struct event_base *base)
{
	if ((turn = event_new(base, -1, 0, on_turn, NULL)) == NULL)
		fatal("event");
}

/* Something about an environment changed; NULL: about the whole. */
void
release_kick(struct env *e)
{
	if (e != NULL)
		e->is_dirty = 1;
	event_active(turn, 0, 0);
}

void
release_kick_all(void)
{
	struct env *e = NULL;

	while ((e = env_next(e)) != NULL)
		e->is_dirty = 1;
	release_kick(NULL);
}

/* The workers took a table: who waited for that may go on. */
void
release_routes_settled(void)
{
	struct env *e = NULL;

	while ((e = env_next(e)) != NULL) {
		if (e->route.generation != 0 &&
		    workers_acked(e->route.generation))
			e->is_dirty = 1;
	}
	release_kick(NULL);
}

static void
draw_slot(const struct env *e, uint32_t i, struct rec_slot *r)
{
	const struct env_slot *s = &e->slots[i];
	const struct env_work *w = &s->work;

	r->want = s->want.want;
	r->release_id = s->want.release_id;
	r->seen = (enum container_state)s->seen.is.state;
	r->seen_release = s->seen.is.release_id;
	r->is_in_place = s->seen.is.net == e->net;
	r->order = w->order;
	r->order_release = w->order_release;
	r->is_waiting = w->is_waiting;
	r->is_kept = w->is_kept;
	r->is_checking = w->check != NULL;
	r->is_healthy = w->is_healthy;
	r->is_failed = w->is_failed;
	r->draining = drain_of(e->env_id, i);
	r->told = w->told;
}

static void
draw(const struct env *e, struct rec_env *r)
{
	uint32_t i;

	memset(r, 0, sizeof(*r));
	r->is_wanted = e->standing == ENV_WANTED;
	r->can_order = sync_can_order();
	r->route = e->route.route;
	r->route_slot = e->route.slot;
	r->route_release = e->route.release_id;
	r->is_route_stale = e->route.is_stale;
	r->is_route_settled = workers_acked(e->route.generation);
	for (i = 0; i < SLOTS; i++)
		draw_slot(e, i, &r->slots[i]);
}

static void
act(struct env *e, const struct rec_action *a)
{
	switch (a->act) {
	case REC_START:
		if (e->slots[a->slot].seen.is.state != CONTAINER_RUNNING)
			sync_count()->started++;
		order_give(e, a->slot, REC_ORDER_START);
		break;
	case REC_STOP:
		order_give(e, a->slot, REC_ORDER_STOP);
		sync_count()->stopped++;
		break;
	case REC_REMOVE:
		order_give(e, a->slot, REC_ORDER_REMOVE);
		sync_count()->removed++;
		break;
	case REC_CHECK:
		check_begin(e, a->slot);
		break;
	case REC_UNCHECK:
		check_end(e, a->slot);
		break;
	case REC_ROUTE:
		sync_count()->routed += visit_live(e, a->slot);
		break;
	case REC_VACATE:
		sync_count()->routed += visit_vacant(e);
		break;
	case REC_UNROUTE:
		sync_count()->routed += visit_none(e);
		break;
	case REC_TELL:
		report_fact(e, a->slot, a->tell);
		break;
	case REC_FORGET:
		report_forgotten(e);
		env_free(e);
		break;
	}
}

static void
settle(struct env *e)
{
	struct rec_env picture;
	struct rec_plan plan;
	size_t i;

	e->is_dirty = 0;
	if (!sync_is_ours(e))
		return;
	draw(e, &picture);
	reconcile_env(&picture, &plan);
	for (i = 0; i < plan.len; i++)
		act(e, &plan.actions[i]);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct env *e, *next;

	(void)fd;
	(void)what;
	(void)arg;
	if (sync_begin()) {
		for (e = env_next(NULL); e != NULL; e = next) {
			next = env_next(e);
			if (e->is_dirty)
				settle(e);
		}
		routes_open();
		routes_publish();
	}
	sync_end_turn();
}
