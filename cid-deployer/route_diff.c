/*
 * The steps between two sets of routes.
 */

#include <string.h>

#include "msg_route.h"
#include "route_diff.h"

/* Say whether two routes are for the same host and prefix. */
int
route_is_at(const struct msg_route *a, const struct msg_route *b)
{
	return strcmp(a->host, b->host) == 0 &&
	    strcmp(a->prefix, b->prefix) == 0;
}

/* Alike in all but the generation. */
static int
is_same(const struct msg_route *a, const struct msg_route *b)
{
	return route_is_at(a, b) && a->env_id == b->env_id &&
	    a->release_id == b->release_id && a->body_max == b->body_max &&
	    a->state == b->state && a->slot == b->slot && a->addr == b->addr &&
	    a->port == b->port && a->drain_ms == b->drain_ms;
}

static const struct msg_route *
find(const struct msg_route *v, size_t len, const struct msg_route *key)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (route_is_at(&v[i], key))
			return &v[i];
	}
	return NULL;
}

/*
 * Write the steps from have to want into out, which has room for both
 * lengths together.  What comes is set before what goes is deleted, so that
 * no visitor falls between a name's end and the next one's begin.
 */
size_t
route_diff(const struct msg_route *have, size_t have_len,
    const struct msg_route *want, size_t want_len, struct route_step *out)
{
	const struct msg_route *was;
	size_t i, n = 0;

	for (i = 0; i < want_len; i++) {
		was = find(have, have_len, &want[i]);
		if (was != NULL && is_same(was, &want[i]))
			continue;
		out[n].is_set = 1;
		out[n++].i = i;
	}
	for (i = 0; i < have_len; i++) {
		if (find(want, want_len, &have[i]) != NULL)
			continue;
		out[n].is_set = 0;
		out[n++].i = i;
	}
	return n;
}
