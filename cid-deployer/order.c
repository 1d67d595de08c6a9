/*
 * Orders to cid-builder, one at a time for each slot: given, answered by
 * what is seen of the container or by CONTAINER_FAILED, and tried again with
 * growing pauses.  All of them may be given twice.
 */

#include <string.h>

#include <event2/event.h>

#include "check.h"
#include "child.h"
#include "clock.h"
#include "env.h"
#include "log.h"
#include "order.h"
#include "peer.h"
#include "reason.h"
#include "release.h"
#include "timer.h"

#define ANSWER_MS 120000 /* an order without an answer is given again */
#define DELAY_MIN_MS 1000
#define DELAY_MAX_MS 60000
#define STEADY_MS 10000 /* running that long, the next end is a first one */

static struct event_base *base;

void
order_init(struct event_base *b)
{
	base = b;
}

static void
forget_order(struct env_work *w)
{
	w->order = REC_NO_ORDER;
	w->order_release = 0;
	w->is_waiting = 0;
	if (w->timer != NULL)
		event_del(w->timer);
}

/* The answer is overdue, or the pause is over. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct env *e = arg;
	struct env_work *w;
	uint32_t i;

	(void)fd;
	(void)what;
	for (i = 0; i < SLOTS; i++) {
		w = &e->slots[i].work;
		if (w->order == REC_NO_ORDER || evtimer_pending(w->timer, NULL))
			continue;
		if (!w->is_waiting)
			log_warnx("%s: no answer from cid-builder",
			    env_name(e, i));
		forget_order(w);
	}
	release_kick(e);
}

static void
set_timer(struct env *e, struct env_work *w, uint32_t ms)
{
	if (w->timer == NULL)
		w->timer = timer_new(base, on_timer, e);
	timer_set(w->timer, ms);
}

/* Put an order off.  The pause grows each time until order_forget_delay(). */
static void
put_off(struct env *e, uint32_t slot, enum rec_order order)
{
	struct env_slot *s = &e->slots[slot];
	struct env_work *w = &s->work;

	w->order = order;
	w->order_release = s->want.release_id;
	w->is_waiting = 1;
	if (w->delay_ms < DELAY_MIN_MS)
		w->delay_ms = DELAY_MIN_MS;
	set_timer(e, w, w->delay_ms);
	w->delay_ms =
	    w->delay_ms < DELAY_MAX_MS / 2 ? w->delay_ms * 2 : DELAY_MAX_MS;
}

static int
send_start(const struct env *e, const struct msg_env *id)
{
	return peer_send_tail(child_peer(PROC_BUILDER, 0), MSG_CONTAINER_START,
	    id, sizeof(*id), e->spec, e->spec_len);
}

static int
send_stop(const struct env *e, const struct msg_env *id, int remove)
{
	const struct env_seen *seen = &e->slots[id->slot].seen;
	struct msg_container_stop m;

	memset(&m, 0, sizeof(m));
	m.env = *id;
	m.env.release_id =
	    seen->is.state == CONTAINER_GONE ? 0 : seen->is.release_id;
	m.remove = (uint32_t)remove;
	return peer_send(child_peer(PROC_BUILDER, 0), MSG_CONTAINER_STOP, &m,
	    sizeof(m));
}

/* Give an order; it takes the place of one that is under way. */
void
order_give(struct env *e, uint32_t slot, enum rec_order order)
{
	struct env_slot *s = &e->slots[slot];
	struct msg_env id;
	int r;

	memset(&id, 0, sizeof(id));
	id.env_id = e->env_id;
	id.project_id = e->project_id;
	id.net = e->net;
	id.slot = slot;
	id.release_id = s->want.release_id;
	forget_order(&s->work);
	if (order == REC_ORDER_START)
		r = send_start(e, &id);
	else
		r = send_stop(e, &id, order == REC_ORDER_REMOVE);
	if (r == -1)
		return; /* all is planned anew when the builder is back */
	s->work.order = order;
	s->work.order_release = id.release_id;
	s->work.order_started_ms = s->seen.is.started_ms;
	s->work.is_keeping =
	    s->want.want == WANT_ACTIVE || s->want.want == WANT_WARM;
	if (order == REC_ORDER_START && s->seen.is.state != CONTAINER_RUNNING)
		s->work.is_begun = 1;
	set_timer(e, &s->work, ANSWER_MS);
}

/*
 * The container of the active release ended: have it started again, the
 * first time at once.
 */
void
order_again(struct env *e, uint32_t slot)
{
	struct env_work *w = &e->slots[slot].work;

	if (w->running_since_ms != 0 &&
	    clock_ms() - w->running_since_ms >= STEADY_MS)
		w->delay_ms = 0;
	if (w->delay_ms == 0)
		w->delay_ms = DELAY_MIN_MS;
	else
		put_off(e, slot, REC_ORDER_START);
}

static int
is_answer(const struct env_work *w, const struct msg_container *is)
{
	switch (w->order) {
	case REC_ORDER_START:
		if (is->release_id != w->order_release)
			return 0;
		/* Otherwise it is how it was before the order. */
		return is->state == CONTAINER_RUNNING ||
		    (is->state == CONTAINER_EXITED &&
			is->started_ms != w->order_started_ms);
	case REC_ORDER_STOP:
		return is->state != CONTAINER_RUNNING;
	case REC_ORDER_REMOVE:
		return is->state == CONTAINER_GONE;
	default:
		return 0;
	}
}

/* cid-builder named the container's state. */
void
order_seen(struct env *e, uint32_t slot)
{
	struct env_work *w = &e->slots[slot].work;
	const struct msg_container *is = &e->slots[slot].seen.is;

	if (is->state == CONTAINER_GONE)
		w->is_kept = 0;
	if (is_answer(w, is)) {
		if (w->order != REC_ORDER_START)
			w->delay_ms = 0;
		else if (!w->is_waiting)
			w->is_kept = w->is_keeping;
		forget_order(w);
	} else if (!w->is_waiting &&
	    (w->order == REC_ORDER_STOP || w->order == REC_ORDER_REMOVE)) {
		/* It did not help; what crossed the order only costs a pause. */
		put_off(e, slot, w->order);
	}
}

/* The engine's absence is nobody's fault and passes. */
static int
is_passing(uint32_t reason)
{
	return reason == REASON_ENGINE_DOWN || reason == REASON_INTERRUPTED;
}

/* CONTAINER_FAILED: an order could not be carried out. */
void
order_failed(const struct msg_release *r, struct msg_tail text)
{
	struct env *e = env_find(r->env_id);
	struct env_work *w;
	enum rec_order order;

	if (e == NULL || r->slot >= SLOTS)
		return;
	w = &e->slots[r->slot].work;
	order = w->order;
	if (order == REC_NO_ORDER || w->is_waiting ||
	    (order == REC_ORDER_START && r->release_id != w->order_release))
		return;
	log_warnx("%s: %s: %.*s", env_name(e, r->slot), reason_code(r->reason),
	    (int)text.len, text.data);
	forget_order(w);
	if (order != REC_ORDER_START || is_passing(r->reason) ||
	    env_is_live(e, r->slot))
		put_off(e, r->slot, order);
	else if (r->release_id == e->slots[r->slot].want.release_id)
		check_fail(e, r->slot, r->reason, text);
	release_kick(e);
}

/* cid-builder is gone, or the engine: what was under way is lost. */
void
order_drop(struct env *e, uint32_t slot)
{
	forget_order(&e->slots[slot].work);
}

/* Do not wait any longer: the wish is a new one. */
void
order_forget_delay(struct env *e, uint32_t slot)
{
	struct env_work *w = &e->slots[slot].work;

	w->delay_ms = 0;
	if (w->is_waiting)
		forget_order(w);
}
