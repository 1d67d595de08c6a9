/*
 * Connections to targets and the pool of idle ones: last used, first taken.
 */

#include <sys/socket.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "log.h"
#include "proxy.h"
#include "target.h"
#include "upstream.h"

#define IDLE_S 4  /* below the 5 s after which many servers close */
#define FRESH_S 1 /* for requests that can't be sent twice */

static void
leave_pool(struct upstream *u)
{
	LIST_REMOVE(u, idle);
	TAILQ_REMOVE(&u->px->idle, u, aged);
	u->target->idle_len--;
}

static void
on_upstream(evutil_socket_t fd, short what, void *arg)
{
	struct upstream *u = arg;
	struct proxy *px = u->px;

	(void)fd;
	conn_mark(&u->conn, what);
	px->turns = PROXY_TURNS;
	if (u->client != NULL) {
		client_run(u->client);
	} else if (u->conn.readable) {
		/* An idle connection has nothing to say but that it ends. */
		leave_pool(u);
		upstream_close(u);
	}
	proxy_reap(px);
}

/*
 * A socket that is connected to t, or will be.  Returns -1 with errno set,
 * EAGAIN when that may be tried again.
 */
static int
open_socket(const struct target *t, int *connecting)
{
	const int on = 1;
	int fd, error;

	fd = socket(t->addr.sa.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (t->addr.sa.sa_family == AF_INET)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	*connecting = connect(fd, &t->addr.sa, t->addr_len) == -1;
	if (!*connecting || errno == EINPROGRESS)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Make a new connection. */
enum upstream_result
upstream_connect(struct proxy *px, struct target *t, struct upstream **result)
{
	struct upstream *u;
	int fd, connecting;

	if ((fd = open_socket(t, &connecting)) == -1) {
		if (errno == EAGAIN && t->limit != 0) {
			target_later(t);
			return UPSTREAM_BUSY;
		}
		log_debug("connect: %s", strerror(errno));
		return UPSTREAM_REFUSED;
	}
	if ((u = calloc(1, sizeof(*u))) == NULL) {
		close(fd);
		return UPSTREAM_REFUSED;
	}
	if (conn_open(&u->conn, px->base, fd, on_upstream, u) == -1) {
		free(u);
		return UPSTREAM_REFUSED;
	}
	u->px = px;
	u->target = t;
	u->connecting = connecting != 0;
	u->conn.writable = !connecting;
	t->open++;
	*result = u;
	return UPSTREAM_OK;
}

/*
 * Find a connection for a request.  One that can't be sent twice takes an
 * idle connection only if it was used a moment ago: it is hardly just being
 * closed by the other side then.
 */
enum upstream_result
upstream_get(struct proxy *px, struct target *t, int safe,
    struct upstream **result)
{
	struct upstream *u = LIST_FIRST(&t->idle);

	if (u != NULL && (safe || px->now - u->idle_since <= FRESH_S)) {
		leave_pool(u);
		u->reused = 1;
		*result = u;
		return UPSTREAM_OK;
	}
	if (t->limit != 0 && t->open >= t->limit) {
		if (u == NULL)
			return UPSTREAM_BUSY;
		leave_pool(u);
		upstream_close(u);
	}
	return upstream_connect(px, t, result);
}

/* The answer is complete and the connection stays open: pool it. */
void
upstream_put(struct upstream *u)
{
	struct target *t = u->target;

	u->client = NULL;
	conn_settle(&u->conn);
	if (t->routes == 0 || u->px->is_stopping ||
	    t->idle_len >= PROXY_IDLE_MAX || u->conn.readable || u->conn.hup ||
	    u->conn.out.len != 0) {
		upstream_close(u);
		return;
	}
	u->idle_since = u->px->now;
	LIST_INSERT_HEAD(&t->idle, u, idle);
	TAILQ_INSERT_TAIL(&u->px->idle, u, aged);
	t->idle_len++;
	target_wake(t);
}

/* Close a connection that is not in the pool. */
void
upstream_close(struct upstream *u)
{
	struct target *t = u->target;

	if (u->client != NULL)
		u->client->x.up = NULL;
	u->client = NULL;
	buf_clear(&u->in);
	if (!u->tunnel)
		t->open--;
	conn_close(&u->conn);
	proxy_bury(u->px, &u->conn);
	target_wake(t);
}

/* A tunnel does not count among a target's connections. */
void
upstream_tunnel(struct upstream *u)
{
	u->tunnel = 1;
	u->target->open--;
	target_wake(u->target);
}

/* Close what was idle for too long, or what no route leads to. */
void
upstream_age(struct proxy *px)
{
	struct upstream *u;

	while ((u = TAILQ_FIRST(&px->idle)) != NULL &&
	    px->now - u->idle_since > IDLE_S) {
		leave_pool(u);
		upstream_close(u);
	}
}

/* Close all idle connections to a target. */
void
upstream_drop_idle(struct target *t)
{
	struct upstream *u;

	while ((u = LIST_FIRST(&t->idle)) != NULL) {
		leave_pool(u);
		upstream_close(u);
	}
}
