/*
 * A request on its way: where it goes, how it gets there, and once more if
 * it may.  answer.c brings the answer back.
 */

#include <string.h>

#include "admin.h"
#include "answer.h"
#include "client.h"
#include "edge.h"
#include "exchange.h"
#include "forward.h"
#include "log.h"
#include "proxy.h"
#include "route.h"
#include "target.h"
#include "text.h"
#include "upstream.h"

/* Say whether a method may be carried out twice (RFC 9110, 9.2.2). */
static int
is_idempotent(const char *s, size_t len)
{
	static const char *const methods[] = { "GET", "HEAD", "OPTIONS", "PUT",
		"DELETE", "TRACE" };
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (len == strlen(methods[i]) &&
		    memcmp(s, methods[i], len) == 0)
			return 1;
	}
	return 0;
}

/* A number no other request has: the step is odd. */
uint64_t
exchange_id(struct proxy *px)
{
	return px->next_id += 0x9e3779b97f4a7c15;
}

static void
read_request(struct client *c, const char *p)
{
	const struct http1_head *h = &c->px->head;
	const char *method = p + h->method.off;
	struct exchange *x = &c->x;

	memset(x, 0, sizeof(*x));
	http1_body_init(&x->req, h);
	x->minor = h->minor;
	x->keepalive = h->keepalive;
	x->head_request = h->method.len == 4 && memcmp(method, "HEAD", 4) == 0;
	x->upgrade = forward_upgrade(h, p) != -1;
	x->safe = h->framing == HTTP1_NONE && !x->upgrade &&
	    is_idempotent(method, h->method.len);
	x->req_read = x->res_read = PROXY_FIRST;
	x->id = exchange_id(c->px);
}

/*
 * Put the new head before the first bytes of the body, so that both go out
 * together.  These are in the common buffer, with room before it for this,
 * or else in the client's own.
 */
static const char *
join(struct proxy *px, const struct text *head, const char *body, size_t len)
{
	size_t at = 0, head_len = text_len(head);

	if (len == 0)
		return head->start;
	if (body >= px->data && body < px->data + PROXY_READ)
		at = (size_t)(body - px->data);
	else
		memcpy(px->data, body, len);
	return memcpy(px->data + at - head_len, head->start, head_len);
}

/* A connection is there: let the request out. */
static void
send_request(struct client *c, struct upstream *u, const char *p, size_t len)
{
	struct exchange *x = &c->x;

	target_enter(u->target, c);
	x->up = u;
	u->client = c;
	c->state = CLIENT_BUSY;
	if (x->safe && u->reused && x->again.len == 0 &&
	    buf_add(&x->again, p, len) == -1) {
		exchange_fail(c, 502);
		return;
	}
	if (conn_write(&u->conn, p, len) == -1)
		exchange_deaf(c);
}

/* No connection can be had: the API is restarting, a release has died. */
static void
refuse(struct client *c)
{
	client_page(c, c->px->is_admin ? 503 : 502);
}

static void
start(struct client *c, struct target *t, const char *p, size_t len)
{
	struct exchange *x = &c->x;
	struct upstream *u;

	switch (upstream_get(c->px, t, x->safe, &u)) {
	case UPSTREAM_OK:
		send_request(c, u, p, len);
		break;
	case UPSTREAM_BUSY:
		if (buf_add(&x->again, p, len) == -1) {
			client_page(c, 503);
			break;
		}
		c->state = CLIENT_BUSY;
		target_wait(t, c);
		break;
	case UPSTREAM_REFUSED:
		refuse(c);
		break;
	}
}

/*
 * Begin with the request whose head, of head_len bytes at p, was just read
 * into the proxy's head.  Returns how many of the len bytes at p belong to
 * it.
 */
size_t
exchange_begin(struct client *c, const char *p, size_t len, size_t head_len)
{
	struct proxy *px = c->px;
	struct exchange *x = &c->x;
	struct target *t;
	struct text head;
	ssize_t n;
	int status;

	read_request(c, p);
	n = http1_body_walk(&x->req, p + head_len, len - head_len);
	if (n == -1) {
		client_page(c, 400);
		return len;
	}
	x->body_len = (uint64_t)n;
	if (x->req.done)
		conn_settle(&c->conn);
	else if (px->is_admin)
		x->body_due = px->now + PROXY_BODY_S + 1;
	text_init(&head, px->out, PROXY_ROOM);
	if (px->is_admin)
		status = admin_place(c, p, head_len, &head, &t);
	else
		status = edge_place(c, p, head_len, &head, &t);
	if (status == 0 && x->body_max != 0 && x->body_len > x->body_max)
		status = 413;
	if (status != 0)
		client_page(c, status);
	else
		start(c, t, join(px, &head, p + head_len, (size_t)n),
		    text_len(&head) + (size_t)n);
	return head_len + (size_t)n;
}

/* A client that waited has its turn, unless there is no connection yet. */
void
exchange_resume(struct client *c)
{
	struct exchange *x = &c->x;
	struct target *t = x->target;
	struct upstream *u;
	struct buf again;

	switch (upstream_get(c->px, t, x->safe, &u)) {
	case UPSTREAM_OK:
		target_leave(c);
		again = x->again;
		memset(&x->again, 0, sizeof(x->again));
		send_request(c, u, buf_data(&again), again.len);
		buf_clear(&again);
		break;
	case UPSTREAM_BUSY:
		return;
	case UPSTREAM_REFUSED:
		refuse(c);
		break;
	}
	proxy_resume(c->px, c);
}

/*
 * The upstream takes no more of the request.  It may have answered before it
 * closed, so what it says is still read.
 */
void
exchange_deaf(struct client *c)
{
	struct upstream *u = c->x.up;

	u->deaf = 1;
	buf_clear(&u->conn.out);
	u->conn.readable = 1;
}

/*
 * The upstream ended before it answered.  A connection from the pool may
 * just have been closed by it: the request goes out once more, on a new one.
 */
void
exchange_retry(struct client *c)
{
	struct exchange *x = &c->x;
	struct target *t = x->target;
	struct upstream *u;
	int was_reused = x->up->reused;

	if (!was_reused || !x->safe || x->retried || x->interim != 0) {
		exchange_fail(c, 502);
		return;
	}
	x->retried = 1;
	upstream_close(x->up);
	if (upstream_connect(c->px, t, &u) != UPSTREAM_OK) {
		refuse(c);
		return;
	}
	x->up = u;
	u->client = c;
	if (conn_write(&u->conn, buf_data(&x->again), x->again.len) == -1)
		exchange_deaf(c);
}

/* End an exchange for want of an answer, as openly as is still possible. */
void
exchange_fail(struct client *c, int status)
{
	if (c->x.answered)
		client_close(c);
	else
		client_page(c, status);
}

/* Leave nothing of an exchange; what it still had is closed. */
void
exchange_end(struct client *c)
{
	struct exchange *x = &c->x;

	if (x->up != NULL)
		upstream_close(x->up);
	target_leave(c);
	route_unref(x->route);
	x->route = NULL;
	buf_clear(&x->again);
}

/* Pass on what came of the body.  Returns 1 to go on, else 0. */
static int
pass_body(struct client *c, size_t len)
{
	struct exchange *x = &c->x;
	struct proxy *px = c->px;
	ssize_t n;

	n = http1_body_walk(&x->req, px->data, len);
	if (n == -1) {
		exchange_fail(c, 400);
		return 0;
	}
	if (x->req.done)
		conn_settle(&c->conn);
	x->body_len += (uint64_t)n;
	if (x->body_max != 0 && x->body_len > x->body_max) {
		exchange_fail(c, 413);
		return 0;
	}
	if (buf_add(&c->in, px->data + n, len - (size_t)n) == -1) {
		client_close(c);
		return 0;
	}
	if (conn_write(&x->up->conn, px->data, (size_t)n) == -1)
		exchange_deaf(c);
	else if (x->up->conn.out.len == 0 && x->req_read < PROXY_READ)
		x->req_read *= 2;
	return 1;
}

/* Read the body as long as the upstream takes it. */
static int
send_body(struct client *c)
{
	struct exchange *x = &c->x;
	struct proxy *px = c->px;
	ssize_t n;

	while (!x->req.done && !x->up->deaf && x->up->conn.out.len == 0 &&
	    c->conn.readable) {
		if (!proxy_turn(px, c))
			return 1;
		n = conn_read(&c->conn, px->data, x->req_read);
		if (n == CONN_AGAIN)
			break;
		if (n == CONN_EOF || n == CONN_ERROR) {
			client_close(c);
			return 0;
		}
		if (!pass_body(c, (size_t)n))
			return 0;
	}
	return 1;
}

/* Returns 1 when the upstream is connected, else 0. */
static int
connected(struct client *c)
{
	struct upstream *u = c->x.up;
	int error;

	if (!u->connecting)
		return 1;
	if (!u->conn.writable && !u->conn.readable)
		return 0;
	if ((error = conn_error(&u->conn)) != 0) {
		log_debug("connect: %s", strerror(error));
		refuse(c);
		return 0;
	}
	u->connecting = 0;
	return 1;
}

/* Go on with an exchange as far as both sides let it. */
void
exchange_run(struct client *c)
{
	if (c->x.phase != EXCHANGE_OPEN || !connected(c))
		return;
	if (conn_flush(&c->x.up->conn) == -1)
		exchange_deaf(c);
	if (send_body(c))
		answer_run(c);
}
