/*
 * Where the visitors of one environment go: makes its routes, and remembers
 * which release they leave.
 */

#include <string.h>

#include <bsd/string.h>

#include "addr.h"
#include "conf.h"
#include "drain.h"
#include "env.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "release.h"
#include "routes.h"
#include "visit.h"

static void
fill(const struct env *e, uint32_t slot, enum route_state state,
    struct msg_route *r)
{
	memset(r, 0, sizeof(*r));
	r->env_id = e->env_id;
	r->state = state;
	r->drain_ms = e->drain_ms;
	if (state != ROUTE_LIVE)
		return;
	r->release_id = e->slots[slot].want.release_id;
	r->slot = slot;
	r->port = e->slots[slot].want.port;
	/* want.c took no network outside the pool. */
	addr_slot(&conf()->pool, e->net, slot, &r->addr);
}

static size_t
make_routes(const struct env *e, uint32_t slot, enum route_state state,
    struct msg_route *out)
{
	size_t i, n = 0;

	if (e->prefix[0] != '\0') {
		fill(e, slot, state, &out[n]);
		strlcpy(out[n].prefix, e->prefix, sizeof(out[n].prefix));
		n++;
	}
	for (i = 0; i < e->hosts_len && n < ROUTES_ENV_MAX; i++) {
		fill(e, slot, state, &out[n]);
		strlcpy(out[n].host, e->hosts[i], sizeof(out[n].host));
		n++;
	}
	return n;
}

/* Visitors leave the release they were sent to, unless it is the same one. */
static void
leave(struct env *e, enum rec_route route, uint32_t slot, uint64_t release_id,
    const struct routes_change *c)
{
	struct env_route *r = &e->route;

	if (c->count == 0 || r->route != REC_LIVE ||
	    (route == REC_LIVE && r->slot == slot &&
		r->release_id == release_id))
		return;
	drain_begin(e, c->first);
}

static uint32_t
send_to(struct env *e, enum rec_route route, uint32_t slot)
{
	struct msg_route want[ROUTES_ENV_MAX];
	struct routes_change c;
	uint64_t release_id = 0;
	size_t n = 0;

	memset(want, 0, sizeof(want));
	if (route == REC_LIVE)
		release_id = e->slots[slot].want.release_id;
	if (route != REC_NO_ROUTE)
		n = make_routes(e, slot,
		    route == REC_LIVE ? ROUTE_LIVE : ROUTE_VACANT, want);
	routes_set(e->env_id, want, n, &c);
	if (c.count > 0)
		e->route.generation = c.last;
	leave(e, route, slot, release_id, &c);
	if (route == REC_LIVE)
		drain_cancel(e->env_id, slot);
	e->route.route = route;
	e->route.slot = slot;
	e->route.release_id = release_id;
	e->route.build_id =
	    route == REC_LIVE ? e->slots[slot].want.build_id : 0;
	e->route.number = route == REC_LIVE ? e->slots[slot].want.number : 0;
	e->route.is_stale = 0;
	release_kick(e);
	return (uint32_t)c.count;
}

/* What the database calls active is taken for what visitors get. */
void
visit_adopt(struct env *e, uint32_t slot)
{
	e->slots[slot].work.is_healthy = 1;
	send_to(e, REC_LIVE, slot);
}

/*
 * Send visitors to the release wanted in a slot, to the page that says that
 * nothing is released, or nowhere.  Each returns how many routes changed.
 */
uint32_t
visit_live(struct env *e, uint32_t slot)
{
	return send_to(e, REC_LIVE, slot);
}

uint32_t
visit_vacant(struct env *e)
{
	return send_to(e, REC_VACANT, 0);
}

uint32_t
visit_none(struct env *e)
{
	return send_to(e, REC_NO_ROUTE, 0);
}
