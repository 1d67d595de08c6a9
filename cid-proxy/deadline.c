/*
 * How long each state of a client may last, and what follows when it lasted
 * longer.  Called after each step forward, so that all but the head's are
 * limits on silence.
 */

#include <stddef.h>

#include "client.h"
#include "deadline.h"
#include "http1.h"
#include "proxy.h"
#include "upstream.h"

#define LINGER_S 5

/* Who is to move in an exchange. */
enum mover {
	MOVER_CLIENT,  /* to send its body, or to take its answer */
	MOVER_CONNECT, /* the upstream, to accept */
	MOVER_ANSWER,  /* the upstream, to answer or to take the body */
	MOVER_POOL,    /* some upstream, to become free */
	MOVER_NOBODY   /* a stream may pause as it likes */
};

static enum mover
mover(const struct client *c)
{
	const struct exchange *x = &c->x;

	if (c->conn.out.len != 0)
		return MOVER_CLIENT;
	if (x->phase == EXCHANGE_WAITING)
		return MOVER_POOL;
	if (x->up == NULL || x->up->connecting)
		return MOVER_CONNECT;
	if (x->up->conn.out.len != 0)
		return MOVER_ANSWER;
	if (!x->req.done && !x->up->deaf)
		return MOVER_CLIENT;
	if (x->answered && x->res.framing != HTTP1_LENGTH)
		return MOVER_NOBODY;
	return MOVER_ANSWER;
}

static uint32_t
busy_limit(const struct client *c)
{
	const struct proxy_limits *l = &c->px->limits;

	switch (mover(c)) {
	case MOVER_CLIENT:
		return l->idle;
	case MOVER_CONNECT:
		return l->connect;
	case MOVER_ANSWER:
		return l->upstream;
	case MOVER_POOL:
		return l->head;
	case MOVER_NOBODY:
		break;
	}
	return 0;
}

static uint32_t
due(const struct client *c)
{
	const struct proxy *px = c->px;
	uint32_t limit = 0;

	switch (c->state) {
	case CLIENT_HEAD:
		if (c->conn.out.len == 0 && c->head_due != 0)
			return c->head_due;
		limit = px->limits.idle;
		break;
	case CLIENT_BUSY:
		limit = busy_limit(c);
		break;
	case CLIENT_TUNNEL:
		/* Silence is fine, but not from who is gone or takes nothing. */
		if (c->conn.out.len != 0 || c->x.up->conn.out.len != 0 ||
		    c->conn.eof || c->x.up->conn.eof)
			limit = px->limits.idle;
		break;
	case CLIENT_LAST:
		limit = px->limits.idle;
		break;
	case CLIENT_LINGER:
		return c->head_due;
	default:
		break;
	}
	return limit == 0 ? WHEEL_NEVER : px->now + limit + 1;
}

/* A body that comes in drops is never silent for long. */
static uint32_t
body_due(const struct client *c)
{
	const struct exchange *x = &c->x;

	if (c->state != CLIENT_BUSY || x->body_due == 0 || x->req.done)
		return WHEEL_NEVER;
	return x->body_due;
}

/* Set the deadline that a client's state asks for. */
void
deadline_set(struct client *c)
{
	uint32_t when, body = body_due(c);

	if (c->state == CLIENT_LINGER && c->head_due == 0)
		c->head_due = c->px->now + LINGER_S + 1;
	when = due(c);
	wheel_set(&c->px->wheel, &c->due, when < body ? when : body);
}

static void
expired_busy(struct client *c)
{
	switch (mover(c)) {
	case MOVER_CLIENT:
		if (c->conn.out.len == 0 && !c->x.answered)
			client_page(c, 408);
		else
			client_close(c);
		break;
	case MOVER_POOL:
		client_page(c, 503);
		break;
	default:
		exchange_fail(c, 504);
		break;
	}
}

/* A client's time is up. */
void
deadline_expired(struct wheel_item *item)
{
	struct client *c = (struct client *)(void *)((char *)item -
	    offsetof(struct client, due));

	c->px->turns = PROXY_TURNS;
	if (c->state == CLIENT_BUSY)
		expired_busy(c);
	else if (c->state == CLIENT_HEAD && c->in.len != 0 &&
	    c->conn.out.len == 0)
		client_refuse(c, 408);
	else
		client_close(c);
	client_run(c);
}
