/*
 * What the edge does with a visitor's request before it goes anywhere.
 */

#include <string.h>

#include "client.h"
#include "edge.h"
#include "forward.h"
#include "http1.h"
#include "proxy.h"
#include "route.h"
#include "text.h"

/* Say whether a request's host is the domain or below it. */
static int
is_own_host(const struct proxy *px, const char *p)
{
	const struct http1_head *h = &px->head;
	const char *domain = px->limits.host;
	size_t len = strlen(domain), host_len = h->host_len;
	const char *host = p + h->host.off;

	if (len == 0 || host_len < len)
		return 0;
	if (!http1_same(host + host_len - len, domain, len))
		return 0;
	return host_len == len || host[host_len - len - 1] == '.';
}

static uint64_t
body_max(const struct client *c)
{
	const struct route *r = c->x.route;

	return r->body_max != 0 ? r->body_max : c->px->limits.body;
}

static void
forward_init(struct forward *f, const struct client *c, const char *p,
    size_t head_len)
{
	memset(f, 0, sizeof(*f));
	f->head = &c->px->head;
	f->buf = p;
	f->head_len = head_len;
	f->prefix = c->x.route->prefix;
	f->client = c->addr;
	f->host = c->px->limits.host;
	f->id = c->x.id;
	f->upgrade = c->x.upgrade ? forward_upgrade(f->head, p) : -1;
	f->to_project = 1;
}

/*
 * Find where a request goes and write its new head.  Returns 0, or the
 * status to answer with.
 */
int
edge_place(struct client *c, const char *p, size_t head_len, struct text *t,
    struct target **target)
{
	const struct http1_head *h = &c->px->head;
	const struct proxy *px = c->px;
	struct exchange *x = &c->x;
	struct route_key key;
	struct route *r;
	struct forward f;

	if (h->form == HTTP1_ASTERISK)
		return 204; /* asks what this server itself can do */
	key.host = p + h->host.off;
	key.host_len = h->host_len;
	key.path = p + h->path.off;
	key.path_len = h->path.len;
	/* Before the first table nobody can say what there is. */
	if ((r = route_find(px->routes, &key, px->limits.host)) == NULL)
		return px->generation == 0 ? 503 : 404;
	if (r->target == NULL)
		return 503;
	route_ref(r);
	x->route = r;
	x->body_max = body_max(c);
	if (x->body_max != 0 && h->content_length > 0 &&
	    (uint64_t)h->content_length > x->body_max)
		return 413;
	x->own_host = r->prefix_len != 0 || is_own_host(px, p);
	x->at_prefix =
	    key.path_len == r->prefix_len || key.path[r->prefix_len] == '?';
	forward_init(&f, c, p, head_len);
	forward_write(t, &f);
	*target = r->target;
	return t->full ? 431 : 0;
}
