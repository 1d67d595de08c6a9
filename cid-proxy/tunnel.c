/*
 * After an Upgrade: bytes both ways, unread, each direction ending by
 * itself.
 */

#include "tunnel.h"
#include "client.h"
#include "proxy.h"
#include "upstream.h"

/* The upstream agreed; what the client sent ahead goes out first. */
void
tunnel_begin(struct client *c)
{
	struct upstream *u = c->x.up;

	c->state = CLIENT_TUNNEL;
	buf_clear(&u->in);
	buf_clear(&c->x.again);
	upstream_tunnel(u);
	if (conn_write(&u->conn, buf_data(&c->in), c->in.len) == -1) {
		client_close(c);
		return;
	}
	buf_clear(&c->in);
}

/* Move what there is from one side to the other.  Returns 0, or -1. */
static int
pump(struct client *c, struct conn *from, struct conn *to, uint32_t *read)
{
	struct proxy *px = c->px;
	ssize_t n;

	while (from->readable && !from->eof && to->out.len == 0) {
		if (!proxy_turn(px, c))
			return 0;
		n = conn_read(from, px->data, *read);
		if (n == CONN_ERROR)
			return -1;
		if (n == CONN_EOF || n == CONN_AGAIN)
			break;
		if (conn_write(to, px->data, (size_t)n) == -1)
			return -1;
		if (to->out.len == 0 && *read < PROXY_READ)
			*read *= 2;
	}
	if (from->eof && to->out.len == 0)
		conn_shut(to);
	return 0;
}

/* Go on as far as both sides let it. */
void
tunnel_run(struct client *c)
{
	struct exchange *x = &c->x;
	struct conn *up = &x->up->conn;

	if (conn_flush(up) == -1 || pump(c, &c->conn, up, &x->req_read) == -1 ||
	    pump(c, up, &c->conn, &x->res_read) == -1 ||
	    (c->conn.shut && up->shut))
		client_close(c);
}
