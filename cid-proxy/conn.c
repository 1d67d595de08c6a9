/*
 * A socket and what waits to be sent on it.  Nothing here touches epoll
 * after conn_open(): reads and writes say themselves when to wait for the
 * next edge.
 */

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"

/*
 * Begin with a non-blocking socket, which belongs to the conn from now on,
 * also when this fails.  Returns 0 or -1.
 */
int
conn_open(struct conn *c, struct event_base *base, int fd,
    event_callback_fn callback, void *arg)
{
	const short all = EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	if (event_assign(&c->ev, base, fd, all, callback, arg) == -1 ||
	    event_add(&c->ev, NULL) == -1) {
		close(fd);
		c->fd = -1;
		return -1;
	}
	return 0;
}

/* Note what an event brought. */
void
conn_mark(struct conn *c, short what)
{
	if (what & EV_CLOSED)
		c->hup = 1;
	if (what & (EV_READ | EV_CLOSED))
		c->readable = 1;
	if (what & EV_WRITE)
		c->writable = 1;
}

/* Read once. */
ssize_t
conn_read(struct conn *c, char *buf, size_t len)
{
	ssize_t n;

	do {
		n = recv(c->fd, buf, len, 0);
	} while (n == -1 && errno == EINTR);
	if (n > 0) {
		c->drained = (size_t)n < len && !c->hup;
		return n;
	}
	c->readable = 0;
	if (n == 0) {
		c->eof = 1;
		return CONN_EOF;
	}
	return errno == EAGAIN ? CONN_AGAIN : CONN_ERROR;
}

/*
 * What was read is all that is expected now: if the read was short, there is
 * nothing more before the next event.  Where more is expected the next read
 * has to say so, since it could also be an error, which libevent does not
 * tell from readable.
 */
void
conn_settle(struct conn *c)
{
	if (c->drained)
		c->readable = 0;
}

/* Returns how many bytes went out, or -1. */
static ssize_t
send_some(struct conn *c, const char *s, size_t len)
{
	ssize_t n;

	do {
		n = send(c->fd, s, len, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno != EAGAIN)
		return -1;
	if (n == -1)
		n = 0;
	if ((size_t)n < len)
		c->writable = 0;
	return n;
}

/*
 * Send, keeping what the socket does not take now.  Returns 0, or -1 with
 * errno set when the connection is of no use any more.
 */
int
conn_write(struct conn *c, const char *s, size_t len)
{
	ssize_t n = 0;

	if (len == 0)
		return 0;
	if (c->writable && c->out.len == 0 && (n = send_some(c, s, len)) == -1)
		return -1;
	return buf_add(&c->out, s + n, len - (size_t)n);
}

/* Send what waits, as far as it goes.  Returns as conn_write() does. */
int
conn_flush(struct conn *c)
{
	ssize_t n;

	while (c->writable && c->out.len != 0) {
		n = send_some(c, buf_data(&c->out), c->out.len);
		if (n == -1)
			return -1;
		buf_drop(&c->out, (size_t)n);
	}
	return 0;
}

/* The error that a socket met by itself, such as in connect(2). */
int
conn_error(const struct conn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

/* Say that nothing follows what was sent. */
void
conn_shut(struct conn *c)
{
	if (!c->shut)
		shutdown(c->fd, SHUT_WR);
	c->shut = 1;
}

void
conn_close(struct conn *c)
{
	if (c->fd == -1)
		return;
	event_del(&c->ev);
	close(c->fd);
	c->fd = -1;
	buf_clear(&c->out);
}
