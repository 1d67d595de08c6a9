/*
 * Answers that are made while they are read: a slow reader costs one buffer
 * of bounded size, whatever there is to tell.
 */

#include <sys/socket.h>

#include <stdlib.h>

#include <bsd/string.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "log.h"
#include "request_state.h"
#include "rest.h"
#include "stream.h"

#define SILENCE_S 30
#define STUCK_S 300	      /* a reader that takes nothing for so long */
#define LINGER_S 5	      /* for the other side to close */
#define LINGER_MAX (64 << 20) /* bytes of a refused body that are dropped */

struct stream {
	const struct stream_ops *ops;
	void *arg;
	struct bufferevent *bev; /* NULL: not begun */
	struct event *silence;
	int64_t length; /* -1: in chunks */
};

static void
stream_end(struct stream *s)
{
	s->ops->gone(s->arg);
	if (s->silence != NULL)
		event_free(s->silence);
	free(s);
}

static void
cut(struct stream *s)
{
	bufferevent_free(s->bev);
	stream_end(s);
}

/* Move what was made to the connection, framed. */
static void
pass_on(struct stream *s, struct evbuffer *made)
{
	struct evbuffer *out = bufferevent_get_output(s->bev);
	size_t n = evbuffer_get_length(made);

	if (n == 0)
		return;
	if (s->length == -1)
		evbuffer_add_printf(out, "%zx\r\n", n);
	evbuffer_add_buffer(out, made);
	if (s->length == -1)
		evbuffer_add(out, "\r\n", 2);
}

static void
finish(struct stream *s)
{
	struct bufferevent *bev = s->bev;

	if (s->length == -1)
		evbuffer_add(bufferevent_get_output(bev), "0\r\n\r\n", 5);
	stream_end(s);
	stream_linger(bev);
}

/* Fill up to the limit.  The stream may be gone afterwards. */
static void
pump(struct stream *s)
{
	struct evbuffer *made;
	enum stream_fill state = STREAM_MORE;
	size_t used;

	if ((made = evbuffer_new()) == NULL) {
		log_warn("stream");
		cut(s);
		return;
	}
	while (state == STREAM_MORE) {
		used = evbuffer_get_length(bufferevent_get_output(s->bev));
		if (used >= STREAM_ROOM)
			break;
		state = s->ops->fill(s->arg, made, STREAM_ROOM - used);
		pass_on(s, made);
	}
	evbuffer_free(made);
	if (state == STREAM_CUT)
		cut(s);
	else if (state == STREAM_END)
		finish(s);
}

static void
on_input(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);

	(void)arg;
	evbuffer_drain(in, evbuffer_get_length(in));
}

static void
on_room(struct bufferevent *bev, void *arg)
{
	(void)bev;
	pump(arg);
}

static void
on_trouble(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	cut(arg);
}

static void
on_silence(int fd, short what, void *arg)
{
	struct stream *s = arg;
	struct evbuffer *made;

	(void)fd;
	(void)what;
	if (evbuffer_get_length(bufferevent_get_output(s->bev)) > 0 ||
	    (made = evbuffer_new()) == NULL)
		return;
	s->ops->beat(s->arg, made);
	pass_on(s, made);
	evbuffer_free(made);
}

struct stream *
stream_answer(struct request *r, int status, const char *type, int64_t length,
    const struct stream_ops *ops, void *arg)
{
	struct stream *s;

	if (r->is_answered || (s = calloc(1, sizeof(*s))) == NULL) {
		ops->gone(arg);
		rest_broken(r);
		return NULL;
	}
	s->ops = ops;
	s->arg = arg;
	s->length = length;
	r->answer_stream = s;
	r->status = status;
	strlcpy(r->type, type, sizeof(r->type));
	r->is_answered = 1;
	http_send(r);
	return s;
}

int64_t
stream_length(const struct stream *s)
{
	return s->length;
}

void
stream_drop(struct stream *s)
{
	stream_end(s);
}

void
stream_begin(struct stream *s, struct bufferevent *bev)
{
	struct timeval beat = { SILENCE_S, 0 }, stuck = { STUCK_S, 0 };

	s->bev = bev;
	bufferevent_setcb(bev, on_input, on_room, on_trouble, s);
	bufferevent_setwatermark(bev, EV_WRITE, STREAM_ROOM / 2, 0);
	bufferevent_set_timeouts(bev, NULL, &stuck);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	if (s->ops->beat != NULL) {
		s->silence = event_new(bufferevent_get_base(bev), -1,
		    EV_PERSIST, on_silence, s);
		if (s->silence != NULL)
			event_add(s->silence, &beat);
	}
	pump(s);
}

/* There may be something to tell; nothing happens before it has begun. */
void
stream_wake(struct stream *s)
{
	if (s->bev != NULL)
		pump(s);
}

/* How much a refused client may still send. */
struct last_words {
	size_t left;
	int is_shut;
};

static void
linger_end(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	bufferevent_free(bev);
	free(arg);
}

static void
linger_input(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct last_words *l = arg;
	size_t n = evbuffer_get_length(in);

	if (n >= l->left) {
		linger_end(bev, 0, l);
		return;
	}
	l->left -= n;
	evbuffer_drain(in, n);
}

/*
 * All is written: say so, and wait for the other side to close.  libevhtp
 * has callbacks deferred, so one that was due before may come early.
 */
static void
linger_written(struct bufferevent *bev, void *arg)
{
	struct timeval limit = { LINGER_S, 0 };
	struct last_words *l = arg;

	if (l->is_shut || evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	l->is_shut = 1;
	shutdown(bufferevent_getfd(bev), SHUT_WR);
	bufferevent_set_timeouts(bev, &limit, NULL);
}

void
stream_linger(struct bufferevent *bev)
{
	struct timeval stuck = { STUCK_S, 0 };
	struct last_words *l;

	if ((l = calloc(1, sizeof(*l))) == NULL) {
		bufferevent_free(bev);
		return;
	}
	l->left = LINGER_MAX;
	bufferevent_setcb(bev, linger_input, linger_written, linger_end, l);
	bufferevent_setwatermark(bev, EV_WRITE, 0, 0);
	bufferevent_set_timeouts(bev, NULL, &stuck);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	if (evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		linger_written(bev, l);
}
