/*
 * A visitor's connection: one request after the other, each head read whole
 * before anything is done, and an orderly end.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"
#include "listen.h"
#include "page.h"
#include "proxy.h"
#include "text.h"
#include "tunnel.h"

#define HEAD_READ 65536 /* bytes to read at once where a head is due */

static void
on_client(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	struct proxy *px = c->px;

	(void)fd;
	conn_mark(&c->conn, what);
	px->turns = PROXY_TURNS;
	/* In an exchange nothing may be read that would tell of a reset. */
	if (c->state == CLIENT_BUSY && (what & EV_READ) &&
	    conn_error(&c->conn) != 0)
		client_close(c);
	client_run(c);
	proxy_reap(px);
}

static void
print_addr(struct client *c, const struct sockaddr *sa)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;
	const uint8_t *mapped = in6->sin6_addr.s6_addr + 12;

	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, c->addr, sizeof(c->addr));
	else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, mapped, c->addr, sizeof(c->addr));
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, c->addr, sizeof(c->addr));
}

/* Take over a connection just accepted. */
void
client_new(struct proxy *px, int fd, const struct sockaddr *sa)
{
	struct client *c;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		close(fd);
		return;
	}
	if (conn_open(&c->conn, px->base, fd, on_client, c) == -1) {
		free(c);
		return;
	}
	c->px = px;
	c->conn.writable = 1;
	print_addr(c, sa);
	proxy_awake(px);
	LIST_INSERT_HEAD(&px->clients, c, all);
	if (++px->clients_len >= px->limits.clients)
		listen_pause(px);
	c->head_due = px->now + px->limits.head + 1;
	deadline_set(c);
}

/* End a connection now, whatever it was at. */
void
client_close(struct client *c)
{
	if (c->state == CLIENT_DEAD)
		return;
	exchange_end(c);
	c->state = CLIENT_DEAD;
	buf_clear(&c->in);
	wheel_del(&c->px->wheel, &c->due);
	if (c->resuming)
		TAILQ_REMOVE(&c->px->resume, c, resume);
	conn_close(&c->conn);
	LIST_REMOVE(c, all);
	c->px->clients_len--;
	proxy_bury(c->px, &c->conn);
	proxy_gone(c->px);
}

/*
 * End a connection when all that was said to it is out.  To close with bytes
 * unread would reset it and might take the answer away from the other side;
 * they are thrown away first, for a while.
 */
void
client_last(struct client *c)
{
	c->lingers = !c->x.req.done || c->conn.readable || c->in.len != 0;
	buf_clear(&c->in);
	c->judged = 0;
	c->state = CLIENT_LAST;
}

static int
run_last(struct client *c)
{
	if (c->conn.out.len != 0)
		return 0;
	if (c->conn.eof || !c->lingers) {
		client_close(c);
		return 0;
	}
	conn_shut(&c->conn);
	c->state = CLIENT_LINGER;
	return 1;
}

static int
run_linger(struct client *c)
{
	ssize_t n;

	while (c->conn.readable) {
		if (!proxy_turn(c->px, c))
			return 0;
		n = conn_read(&c->conn, c->px->data, PROXY_READ);
		if (n == CONN_EOF || n == CONN_ERROR) {
			client_close(c);
			return 0;
		}
	}
	return 0;
}

/*
 * Answer by ourselves and end what exchange there is.  The connection is
 * kept only when the whole request was read and understood.
 */
void
client_page(struct client *c, int status)
{
	struct proxy *px = c->px;
	struct page pg = { .status = status };
	struct text t;

	pg.date = time(NULL);
	pg.json = px->is_admin;
	pg.id = c->x.id;
	pg.head_request = c->x.head_request;
	pg.minor = c->x.minor;
	pg.keepalive = c->x.keepalive && c->x.req.done && !px->is_stopping &&
	    status != 400 && status != 408;
	exchange_end(c);
	text_init(&t, px->out, PROXY_ROOM);
	page_write(&t, &pg);
	if (conn_write(&c->conn, px->out, text_len(&t)) == -1) {
		client_close(c);
		return;
	}
	c->state = CLIENT_HEAD;
	if (!pg.keepalive)
		client_last(c);
}

/* The same for what is no request yet. */
void
client_refuse(struct client *c, int status)
{
	memset(&c->x, 0, sizeof(c->x)); /* what it says is of the last one */
	c->x.id = exchange_id(c->px);
	client_page(c, status);
}

/* What is left of what was read waits for its turn. */
static int
keep_rest(struct client *c, const char *p, size_t len, size_t used)
{
	c->judged = 0;
	if (p == c->px->data)
		return buf_add(&c->in, p + used, len - used);
	buf_drop(&c->in, used);
	return 0;
}

/*
 * Judge len bytes at p, in the common buffer or in c->in.  Returns 1 when
 * the state may have changed.
 */
static int
judge(struct client *c, const char *p, size_t len)
{
	struct proxy *px = c->px;
	ssize_t head_len;
	size_t used;

	head_len = http1_request(&px->head, p, len);
	if (head_len < 0) {
		client_refuse(c, (int)-head_len);
		return 1;
	}
	if (head_len > 0) {
		c->head_due = 0;
		used = exchange_begin(c, p, len, (size_t)head_len);
		if (c->state == CLIENT_DEAD || c->state == CLIENT_LAST)
			return 1;
		if (keep_rest(c, p, len, used) == -1)
			client_close(c);
		return 1;
	}
	if (p == px->data && buf_add(&c->in, p, len) == -1) {
		client_close(c);
		return 1;
	}
	c->judged = len;
	if (c->head_due == 0)
		c->head_due = px->now + px->limits.head + 1;
	return 0;
}

/* Read more of a head, and judge it if that may tell something. */
static int
read_head(struct client *c)
{
	struct proxy *px = c->px;
	ssize_t n;

	n = conn_read(&c->conn, px->data, HEAD_READ);
	if (n == CONN_AGAIN)
		return 0;
	if (n == CONN_EOF || n == CONN_ERROR) {
		client_close(c);
		return 0;
	}
	if (c->in.len == 0)
		return judge(c, px->data, (size_t)n) || c->conn.readable;
	if (buf_add(&c->in, px->data, (size_t)n) == -1) {
		client_close(c);
		return 0;
	}
	if (!http1_grew(buf_data(&c->in), c->judged, c->in.len))
		return 1;
	return judge(c, buf_data(&c->in), c->in.len) || c->conn.readable;
}

static int
run_head(struct client *c)
{
	if (c->conn.out.len != 0)
		return 0; /* it does not take the last answer */
	if (c->px->is_stopping && c->in.len == 0 && !c->conn.readable) {
		client_close(c);
		return 0;
	}
	if (!c->conn.readable && (c->in.len == 0 || c->judged != 0))
		return 0;
	if (!proxy_turn(c->px, c))
		return 0;
	if (c->in.len != 0 && c->judged == 0)
		return judge(c, buf_data(&c->in), c->in.len) ||
		    c->conn.readable;
	return read_head(c);
}

/* Take one step.  Returns 1 when another may follow. */
static int
step(struct client *c)
{
	enum client_state was = c->state;

	switch (was) {
	case CLIENT_HEAD:
		return run_head(c);
	case CLIENT_BUSY:
		exchange_run(c);
		return c->state != was;
	case CLIENT_TUNNEL:
		tunnel_run(c);
		return c->state != was;
	case CLIENT_LAST:
		return run_last(c);
	case CLIENT_LINGER:
		return run_linger(c);
	case CLIENT_DEAD:
		break;
	}
	return 0;
}

/* Go on as far as its two sockets let it. */
void
client_run(struct client *c)
{
	if (c->state != CLIENT_DEAD && conn_flush(&c->conn) == -1)
		client_close(c);
	while (step(c))
		continue;
	if (c->state != CLIENT_DEAD)
		deadline_set(c);
}

/* The drain limit: what is left of an exchange ends here. */
void
client_cut(struct client *c)
{
	if (c->state != CLIENT_TUNNEL) {
		client_close(c);
		return;
	}
	exchange_end(c);
	client_last(c);
	client_run(c);
}

/* Say whether nothing would be lost by closing. */
int
client_is_idle(const struct client *c)
{
	return c->state == CLIENT_HEAD && c->in.len == 0 &&
	    c->conn.out.len == 0 && !c->conn.readable;
}
