/*
 * One edge to another process: frames in, checked and dispatched; frames
 * out, queued within a limit.  An edge that fails is taken down from the
 * loop, so that a sender never sees its peer vanish under it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "frame.h"
#include "log.h"
#include "peer.h"

#define FRAMES_PER_TURN 256

struct peer {
	struct event *readable;
	struct event *writable;
	struct event *ended; /* fired by hand, see give_up() */
	struct event *more;  /* frames are left in the buffer */
	struct frame_in in;
	struct frame_queue out;
	const struct peer_ops *ops;
	void *data;
	struct peer_id id;
	enum msg_error error;
	uint32_t error_type;
	int fd;
	int is_down;
};

/* Stop using the edge now and tell the owner from the loop. */
static void
give_up(struct peer *p, enum msg_error error, uint32_t type)
{
	if (p->is_down)
		return;
	p->is_down = 1;
	p->error = error;
	p->error_type = type;
	event_del(p->readable);
	event_del(p->writable);
	event_active(p->ended, 0, 0);
}

static void
on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	(void)fd;
	(void)what;
	p->ops->down(p, p->error, p->error_type);
	peer_free(p);
}

/* Hand on whole frames, but let other events have a turn now and then. */
static void
dispatch(struct peer *p)
{
	struct msg m;
	enum frame_result r = FRAME_MORE;
	enum msg_error e;
	int i;

	for (i = 0; i < FRAMES_PER_TURN && !p->is_down; i++) {
		if ((r = frame_next(&p->in, &m)) != FRAME_OK)
			break;
		if ((e = msg_check(&m, p->id.them, p->id.me)) == MSG_OK)
			p->ops->from(p, &m);
		else
			give_up(p, e, m.type);
		frame_done(&p->in, &m);
	}
	if (r == FRAME_BAD)
		give_up(p, MSG_ELEN, MSG_MAX);
	else if (i == FRAMES_PER_TURN && !p->is_down)
		event_active(p->more, 0, 0);
}

static void
on_more(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	dispatch(arg);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	(void)what;
	switch (frame_read(&p->in, fd)) {
	case FRAME_OK:
		dispatch(p);
		break;
	case FRAME_MORE:
		break;
	case FRAME_BAD:
		give_up(p, MSG_EFD, MSG_MAX);
		break;
	case FRAME_EOF:
		give_up(p, MSG_OK, MSG_MAX);
		break;
	case FRAME_ERROR:
		log_warn("%s: read", proc_name(p->id.them));
		give_up(p, MSG_OK, MSG_MAX);
		break;
	}
}

static void
flush(struct peer *p)
{
	switch (frame_write(&p->out, p->fd)) {
	case FRAME_MORE:
		event_add(p->writable, NULL);
		break;
	case FRAME_ERROR:
		log_warn("%s: write", proc_name(p->id.them));
		give_up(p, MSG_OK, MSG_MAX);
		break;
	default: /* done, or gone: the reading side will see the end */
		break;
	}
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
}

/*
 * Make an edge of a connected stream socket, which it owns from now on, also
 * when this fails.  Returns NULL when out of memory.  The owner frees it
 * with peer_free(), unless down was called.
 */
struct peer *
peer_new(struct event_base *base, int fd, const struct peer_id *id,
    const struct peer_ops *ops)
{
	struct peer *p;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		close(fd);
		return NULL;
	}
	frame_init(&p->in, &p->out);
	p->fd = fd;
	p->id = *id;
	p->ops = ops;
	p->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, p);
	p->writable = event_new(base, fd, EV_WRITE, on_writable, p);
	p->ended = event_new(base, -1, 0, on_ended, p);
	p->more = event_new(base, -1, 0, on_more, p);
	if (p->readable == NULL || p->writable == NULL || p->ended == NULL ||
	    p->more == NULL || evutil_make_socket_nonblocking(fd) == -1 ||
	    event_add(p->readable, NULL) == -1) {
		peer_free(p);
		return NULL;
	}
	return p;
}

/* Close the edge and drop what is queued.  NULL is allowed. */
void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	if (p->readable != NULL)
		event_free(p->readable);
	if (p->writable != NULL)
		event_free(p->writable);
	if (p->ended != NULL)
		event_free(p->ended);
	if (p->more != NULL)
		event_free(p->more);
	frame_clear(&p->in, &p->out);
	close(p->fd);
	free(p);
}

/*
 * Send a message with a tail and a descriptor (-1: none), which stays the
 * caller's.  Returns 0 when it is queued; -1 when the peer is NULL, down, or
 * so far behind that this message makes it bad.  What -1 loses is sent again
 * when the peer is back: orders are idempotent and come from the database.
 */
int
peer_send_fd(struct peer *p, uint32_t type, const void *data, size_t len,
    struct msg_tail tail, int fd)
{
	struct msg m = { type, len, fd, data };

	if (p == NULL || p->is_down)
		return -1;
	if (frame_push(&p->out, &m, tail.data, tail.len) == -1) {
		log_warn("%s to %s", msg_name(type), proc_name(p->id.them));
		if (errno == ENOBUFS)
			give_up(p, MSG_EQUEUE, type);
		return -1;
	}
	flush(p);
	return 0;
}

int
peer_send_tail(struct peer *p, uint32_t type, const void *data, size_t len,
    const void *tail, size_t tail_len)
{
	struct msg_tail t = { tail_len, tail };

	return peer_send_fd(p, type, data, len, t, -1);
}

int
peer_send(struct peer *p, uint32_t type, const void *data, size_t len)
{
	return peer_send_fd(p, type, data, len, MSG_NO_TAIL, -1);
}

enum proc
peer_proc(const struct peer *p)
{
	return p->id.them;
}

uint32_t
peer_instance(const struct peer *p)
{
	return p->id.instance;
}

uint64_t
peer_generation(const struct peer *p)
{
	return p->id.generation;
}

/* Bytes that wait to be read by the other side; 0 for NULL. */
size_t
peer_queued(const struct peer *p)
{
	return p == NULL ? 0 : p->out.bytes;
}

void *
peer_data(const struct peer *p)
{
	return p->data;
}

void
peer_set_data(struct peer *p, void *data)
{
	p->data = data;
}
