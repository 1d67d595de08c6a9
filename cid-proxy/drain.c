/*
 * The end of a target that no route leads to any more: idle connections go
 * at once, requests and tunnels have until the limit, then cid-deployer
 * hears that nothing is left.
 */

#include <string.h>

#include <event2/event.h>

#include "child.h"
#include "client.h"
#include "drain.h"
#include "log.h"
#include "msg_route.h"
#include "peer.h"
#include "proxy.h"
#include "target.h"
#include "upstream.h"

static void
finish(struct target *t)
{
	struct msg_route_drained m;

	memset(&m, 0, sizeof(m));
	m.generation = t->generation;
	m.env_id = t->env_id;
	m.release_id = t->release_id;
	m.slot = t->slot;
	m.cut = t->cut;
	peer_send(child_peer(PROC_DEPLOYER, 0), MSG_ROUTE_DRAINED, &m,
	    sizeof(m));
	target_remove(t);
}

/*
 * No route leads to t since a change of the table.  Frees t when nothing is
 * left already.
 */
void
drain_begin(struct target *t, uint64_t generation, uint32_t limit_ms)
{
	const struct timeval tv = { limit_ms / 1000, limit_ms % 1000 * 1000L };

	t->is_draining = 1;
	t->generation = generation;
	t->cut = 0;
	upstream_drop_idle(t);
	if (t->drain == NULL)
		t->drain = evtimer_new(t->px->base, drain_limit, t);
	if (t->drain == NULL)
		log_warnx("drain: no limit"); /* it still ends by itself */
	else if (t->active_len != 0)
		evtimer_add(t->drain, &tv);
	drain_check(t);
}

/* A route leads to t again. */
void
drain_cancel(struct target *t)
{
	t->is_draining = 0;
	if (t->drain != NULL)
		evtimer_del(t->drain);
}

/* Something of t ended.  Frees t when it was the last and t is draining. */
void
drain_check(struct target *t)
{
	if (t->is_draining && t->active_len == 0)
		finish(t);
}

/* The time is over for what is still going on. */
void
drain_limit(int fd, short what, void *arg)
{
	struct target *t = arg;
	struct proxy *px = t->px;
	struct client *c, *next;
	uint32_t left = t->active_len;

	(void)fd;
	(void)what;
	t->cut += left;
	/* The last one to leave frees t. */
	for (c = TAILQ_FIRST(&t->active); left > 0; c = next, left--) {
		next = TAILQ_NEXT(c, busy);
		client_cut(c);
	}
	proxy_reap(px);
}
