/*
 * The listeners that the parent handed over, and the connections that come
 * out of them.
 */

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "client.h"
#include "listen.h"
#include "log.h"
#include "proxy.h"

#define ACCEPTS 64 /* before others have their turn */

struct listener {
	LIST_ENTRY(listener) entry;
	struct proxy *px;
	struct event *ev; /* NULL: not started */
	uint32_t number;
	int fd;
};

/* Returns 1 to go on, 0 when there is nothing to accept. */
static int
accept_one(struct listener *l)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	fd = accept4(l->fd, (struct sockaddr *)&ss, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd != -1) {
		client_new(l->px, fd, (struct sockaddr *)&ss);
		return 1;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
	    errno == ENOMEM) {
		log_warn("accept");
		listen_pause(l->px);
		return 0;
	}
	return errno == ECONNABORTED || errno == EINTR;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct proxy *px = l->px;
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < ACCEPTS && !px->is_paused && accept_one(l); i++)
		continue;
	proxy_reap(px);
}

static void
start(struct listener *l)
{
	l->ev =
	    event_new(l->px->base, l->fd, EV_READ | EV_PERSIST, on_accept, l);
	if (l->ev == NULL || event_add(l->ev, NULL) == -1)
		fatalx("listener %u", l->number);
}

static struct listener *
find(struct proxy *px, uint32_t number)
{
	struct listener *l;

	LIST_FOREACH(l, &px->listeners, entry) {
		if (l->number == number)
			return l;
	}
	return NULL;
}

static void
end(struct listener *l)
{
	LIST_REMOVE(l, entry);
	if (l->ev != NULL)
		event_free(l->ev);
	close(l->fd);
	free(l);
}

/*
 * Take over a listening socket; one of the same number is replaced.  What
 * can be is set here for all connections at once: they inherit it.
 */
void
listen_add(struct proxy *px, uint32_t number, int fd)
{
	const int on = 1;
	struct listener *l;

	listen_drop(px, number);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) == -1)
		fatal("listener %u", number);
	if ((l = calloc(1, sizeof(*l))) == NULL)
		fatal("listener %u", number);
	l->px = px;
	l->number = number;
	l->fd = fd;
	LIST_INSERT_HEAD(&px->listeners, l, entry);
	if (px->base != NULL && !px->is_paused)
		start(l);
}

void
listen_drop(struct proxy *px, uint32_t number)
{
	struct listener *l;

	if ((l = find(px, number)) != NULL)
		end(l);
}

/* Accept from what was handed over before there was a loop. */
void
listen_start(struct proxy *px)
{
	struct listener *l;

	LIST_FOREACH(l, &px->listeners, entry)
		start(l);
}

/* Leave new connections in the backlog. */
void
listen_pause(struct proxy *px)
{
	struct listener *l;

	px->is_paused = 1;
	LIST_FOREACH(l, &px->listeners, entry) {
		event_free(l->ev);
		l->ev = NULL;
	}
}

/* Accept again, if there is room. */
void
listen_resume(struct proxy *px)
{
	struct listener *l;

	if (!px->is_paused || px->is_stopping ||
	    px->clients_len >= px->limits.clients)
		return;
	px->is_paused = 0;
	LIST_FOREACH(l, &px->listeners, entry)
		start(l);
}

/* Accept no more, for good. */
void
listen_close(struct proxy *px)
{
	struct listener *l, *next;

	LIST_FOREACH_SAFE(l, &px->listeners, entry, next)
	{
		end(l);
	}
}
