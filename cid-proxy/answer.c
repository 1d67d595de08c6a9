/*
 * The way back: an upstream's answer to the client, its head judged and
 * rewritten, its body followed to the end.
 */

#include <string.h>

#include "answer.h"
#include "client.h"
#include "exchange.h"
#include "http1.h"
#include "log.h"
#include "proxy.h"
#include "reply.h"
#include "route.h"
#include "target.h"
#include "text.h"
#include "tunnel.h"
#include "upstream.h"

#define INTERIM_MAX 16 /* answers 1xx before the final one */

/* The answer is complete; rest bytes came after it that it does not have. */
static void
finish(struct client *c, size_t rest)
{
	struct exchange *x = &c->x;
	struct upstream *u = x->up;
	int reusable = x->reusable && rest == 0 && x->req.done && !u->deaf;

	if (reusable) {
		x->up = NULL;
		upstream_put(u);
	}
	exchange_end(c);
	c->state = CLIENT_HEAD;
	if (!x->keepalive)
		client_last(c);
}

/*
 * Move the payload of len bytes of chunks together.  Returns its length; the
 * chunks were found valid before.
 */
static size_t
unchunk(struct http1_body *b, char *p, size_t len)
{
	const char *data;
	size_t n = 0, out = 0, dlen;
	ssize_t step;

	while (n < len && !b->done) {
		step = http1_body_step(b, p + n, len - n, &data, &dlen);
		if (step == -1)
			break;
		memmove(p + out, data, dlen);
		out += dlen;
		n += (size_t)step;
	}
	return out;
}

/*
 * Follow the body through len bytes at p.  Returns how many of them belong to
 * it, and by *out how many go on, now at p; or -1 when it is malformed.
 */
static ssize_t
follow(struct exchange *x, char *p, size_t len, size_t *out)
{
	struct http1_body before = x->res;
	ssize_t n;

	if ((n = http1_body_walk(&x->res, p, len)) == -1)
		return -1;
	*out = (size_t)n;
	if (x->unchunk)
		*out = unchunk(&before, p, (size_t)n);
	return n;
}

static void
reply_init(struct reply *r, const struct client *c, const char *p, size_t len)
{
	const struct exchange *x = &c->x;
	const struct route *route = x->route;

	memset(r, 0, sizeof(*r));
	r->head = &c->px->head;
	r->buf = p;
	r->head_len = len;
	r->from_project = route != NULL;
	r->cookies.prefix = route != NULL ? route->prefix : "";
	r->cookies.at_prefix = x->at_prefix;
	r->cookies.drop_domain = x->own_host;
	r->minor = x->minor;
	r->keepalive = x->keepalive;
}

/* Send a head, and what of the body came with it, to the client. */
static int
send_head(struct client *c, char *p, size_t head_len, size_t body_len)
{
	struct proxy *px = c->px;
	struct reply r;
	struct text t;
	char *start = px->out;
	size_t n;

	reply_init(&r, c, p, head_len);
	text_init(&t, px->out, PROXY_ROOM);
	reply_write(&t, &r);
	if (t.full) {
		exchange_fail(c, 502);
		return -1;
	}
	n = text_len(&t);
	if (body_len != 0)
		start = memcpy(p + head_len - n, px->out, n);
	if (conn_write(&c->conn, start, n + body_len) == -1) {
		client_close(c);
		return -1;
	}
	return 0;
}

/* An answer 1xx.  Returns 1 to go on after it, else 0. */
static int
pass_interim(struct client *c, char *p, size_t head_len)
{
	if (c->px->head.status == 101 || ++c->x.interim > INTERIM_MAX) {
		exchange_fail(c, 502);
		return 0;
	}
	return c->x.minor == 0 || send_head(c, p, head_len, 0) == 0;
}

static void
switch_protocols(struct client *c, char *p, size_t head_len, size_t len)
{
	if (!c->px->head.upgrade) {
		exchange_fail(c, 502);
		return;
	}
	c->x.answered = 1;
	if (send_head(c, p, head_len, len - head_len) == 0)
		tunnel_begin(c);
}

/* The final head is at p, with all that came after it. */
static void
pass_final(struct client *c, char *p, size_t head_len, size_t len)
{
	struct exchange *x = &c->x;
	const struct http1_head *h = &c->px->head;
	size_t rest = len - head_len, out;
	ssize_t n;

	buf_clear(&x->up->in);
	http1_body_init(&x->res, h);
	x->reusable = h->keepalive;
	x->unchunk = h->framing == HTTP1_CHUNKED && x->minor == 0;
	x->keepalive &= h->framing != HTTP1_CLOSE && !x->unchunk &&
	    x->req.done && !c->px->is_stopping;
	if ((n = follow(x, p + head_len, rest, &out)) == -1) {
		exchange_fail(c, 502);
		return;
	}
	x->answered = 1;
	if (send_head(c, p, head_len, out) == 0 && x->res.done)
		finish(c, rest - (size_t)n);
}

/* Keep the beginning of a head for when the rest is there. */
static void
keep(struct client *c, const char *p, size_t len)
{
	struct buf *in = &c->x.up->in;

	buf_clear(in);
	if (buf_add(in, p, len) == -1)
		exchange_fail(c, 502);
}

/* Read the heads in len bytes at p, in the common buffer. */
static void
read_heads(struct client *c, char *p, size_t len)
{
	struct http1_head *h = &c->px->head;
	ssize_t n;

	for (;;) {
		n = http1_response(h, p, len, c->x.head_request);
		if (n == 0) {
			keep(c, p, len);
			return;
		}
		if (n < 0) {
			log_debug("target: not an answer in HTTP/1.1");
			exchange_fail(c, 502);
			return;
		}
		if (h->status == 101 && c->x.upgrade) {
			switch_protocols(c, p, (size_t)n, len);
			return;
		}
		if (h->status >= 200) {
			pass_final(c, p, (size_t)n, len);
			return;
		}
		if (!pass_interim(c, p, (size_t)n))
			return;
		p += n;
		len -= (size_t)n;
		if (len == 0) {
			buf_clear(&c->x.up->in);
			return;
		}
	}
}

/* len bytes of the body came. */
static void
pass_body(struct client *c, size_t len)
{
	struct exchange *x = &c->x;
	struct proxy *px = c->px;
	size_t out;
	ssize_t n;

	if ((n = follow(x, px->data, len, &out)) == -1) {
		client_close(c);
		return;
	}
	if (conn_write(&c->conn, px->data, out) == -1) {
		client_close(c);
		return;
	}
	if (c->conn.out.len == 0 && x->res_read < PROXY_READ)
		x->res_read *= 2;
	if (x->res.done)
		finish(c, len - (size_t)n);
}

/* The upstream ended. */
static void
ended(struct client *c)
{
	struct exchange *x = &c->x;

	x->reusable = 0;
	if (!x->answered)
		exchange_retry(c);
	else if (http1_body_eof(&x->res) == 0)
		finish(c, 0);
	else
		client_close(c); /* cut short, and to be seen as such */
}

/* Read once from the upstream, after what was kept of a head. */
static void
read_once(struct client *c)
{
	struct proxy *px = c->px;
	struct upstream *u = c->x.up;
	size_t kept = u->in.len;
	ssize_t n;

	if (kept != 0)
		memcpy(px->data, buf_data(&u->in), kept);
	n = conn_read(&u->conn, px->data + kept, c->x.res_read - kept);
	if (n == CONN_AGAIN)
		return;
	if (n == CONN_EOF || n == CONN_ERROR)
		ended(c);
	else if (c->x.answered)
		pass_body(c, (size_t)n);
	else
		read_heads(c, px->data, kept + (size_t)n);
}

/* Bring the answer on as far as the client takes it. */
void
answer_run(struct client *c)
{
	struct proxy *px = c->px;

	while (c->state == CLIENT_BUSY && c->x.up != NULL &&
	    c->x.up->conn.readable && c->conn.out.len == 0) {
		if (!proxy_turn(px, c))
			return;
		read_once(c);
	}
}
