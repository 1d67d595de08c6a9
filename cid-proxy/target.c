/*
 * Where requests go, and who is on the way there: the table of targets, who
 * is in an exchange with each, who waits for a connection.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/event.h>

#include "client.h"
#include "drain.h"
#include "log.h"
#include "msg_route.h"
#include "proxy.h"
#include "target.h"
#include "upstream.h"

#define RETRY_US 20000L /* a backlog is full; nothing tells when it is not */

static int
number_compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
target_compare(const struct target *a, const struct target *b)
{
	int d;

	if ((d = number_compare(a->env_id, b->env_id)) != 0 ||
	    (d = number_compare(a->release_id, b->release_id)) != 0 ||
	    (d = number_compare(a->slot, b->slot)) != 0 ||
	    (d = number_compare(a->addr.in.sin_addr.s_addr,
		 b->addr.in.sin_addr.s_addr)) != 0)
		return d;
	return number_compare(a->addr.in.sin_port, b->addr.in.sin_port);
}

/* libbsd says __unused without saying what that is. */
#define __unused __attribute__((__unused__))
RB_GENERATE_STATIC(target_tree, target, entry, target_compare)

/* The target after t, or the first one after NULL; NULL at the end. */
struct target *
target_next(struct proxy *px, struct target *t)
{
	if (t == NULL)
		return RB_MIN(target_tree, &px->targets);
	return RB_NEXT(target_tree, &px->targets, t);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct target *t = arg;
	struct proxy *px = t->px;

	(void)fd;
	(void)what;
	px->turns = PROXY_TURNS;
	target_wake(t);
	proxy_reap(px);
}

static struct target *
target_new(struct proxy *px)
{
	struct target *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->px = px;
	LIST_INIT(&t->idle);
	TAILQ_INIT(&t->active);
	TAILQ_INIT(&t->waiting);
	return t;
}

static void
target_free(struct target *t)
{
	if (t->retry != NULL)
		event_free(t->retry);
	if (t->drain != NULL)
		event_free(t->drain);
	free(t);
}

/*
 * The target that a route leads to, made if it is new.  Returns NULL after
 * logging why.
 */
struct target *
target_for(struct proxy *px, const struct msg_route *m)
{
	struct target key, *t;

	memset(&key, 0, sizeof(key));
	key.env_id = m->env_id;
	key.release_id = m->release_id;
	key.slot = m->slot;
	key.addr.in.sin_family = AF_INET;
	key.addr.in.sin_addr.s_addr = htonl(m->addr);
	key.addr.in.sin_port = htons((uint16_t)m->port);
	if ((t = RB_FIND(target_tree, &px->targets, &key)) != NULL)
		return t;
	if ((t = target_new(px)) == NULL) {
		log_warn("target");
		return NULL;
	}
	t->env_id = key.env_id;
	t->release_id = key.release_id;
	t->slot = key.slot;
	t->addr = key.addr;
	t->addr_len = sizeof(t->addr.in);
	RB_INSERT(target_tree, &px->targets, t);
	return t;
}

/* Forget a target that nobody is in exchange with. */
void
target_remove(struct target *t)
{
	RB_REMOVE(target_tree, &t->px->targets, t);
	target_free(t);
}

/* The API's front socket.  Returns NULL when out of memory. */
struct target *
target_api(struct proxy *px, const char *path, uint32_t limit)
{
	struct target *t;

	if ((t = target_new(px)) == NULL)
		return NULL;
	t->addr.un.sun_family = AF_UNIX;
	strlcpy(t->addr.un.sun_path, path, sizeof(t->addr.un.sun_path));
	t->addr_len = sizeof(t->addr.un);
	t->limit = limit;
	t->routes = 1;
	return t;
}

/* A client begins to wait for a connection. */
void
target_wait(struct target *t, struct client *c)
{
	c->x.target = t;
	c->x.phase = EXCHANGE_WAITING;
	TAILQ_INSERT_TAIL(&t->waiting, c, busy);
}

/* A client has its connection. */
void
target_enter(struct target *t, struct client *c)
{
	c->x.target = t;
	c->x.phase = EXCHANGE_OPEN;
	TAILQ_INSERT_TAIL(&t->active, c, busy);
	t->active_len++;
}

/* A client's exchange is over, or gives up waiting. */
void
target_leave(struct client *c)
{
	struct target *t = c->x.target;

	if (c->x.phase == EXCHANGE_WAITING) {
		TAILQ_REMOVE(&t->waiting, c, busy);
	} else if (c->x.phase == EXCHANGE_OPEN) {
		TAILQ_REMOVE(&t->active, c, busy);
		t->active_len--;
	}
	c->x.phase = EXCHANGE_NONE;
	c->x.target = NULL;
	if (t != NULL)
		drain_check(t);
}

/* Let those who wait have what connections there are. */
void
target_wake(struct target *t)
{
	struct client *c;
	uint32_t room;

	/* Each either goes on, or waits again for the same reason. */
	while ((c = TAILQ_FIRST(&t->waiting)) != NULL) {
		room = t->limit == 0 || t->open < t->limit;
		if (!room && LIST_EMPTY(&t->idle))
			return;
		exchange_resume(c);
		if (TAILQ_FIRST(&t->waiting) == c)
			return;
	}
}

/* Try again soon: the other side's backlog is full. */
void
target_later(struct target *t)
{
	struct timeval tv = { 0, RETRY_US };

	if (t->retry == NULL &&
	    (t->retry = evtimer_new(t->px->base, on_retry, t)) == NULL)
		return; /* the wait has an end anyway */
	if (!evtimer_pending(t->retry, NULL))
		evtimer_add(t->retry, &tv);
}
