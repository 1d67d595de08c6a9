/*
 * A client of the engine's socket, and the only file that connects to it:
 * one request at a time on each connection, bodies streamed both ways,
 * nothing buffered without a bound, idle connections used again.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "answer.h"
#include "docker_req.h"
#include "log.h"

#define IDLE_MAX 4

static LIST_HEAD(, docker_req)
idle = LIST_HEAD_INITIALIZER(idle);
static unsigned int idle_len;
static struct event_base *loop;
static struct sockaddr_un address;
static void (*lost)(void);
static char version[16];
char docker_scratch[DOCKER_READ_MAX];

/*
 * Say where the engine is.  lost_cb is called whenever a connection to it
 * failed or broke; it may start requests.
 */
void
docker_init(struct event_base *base, const char *path, void (*lost_cb)(void))
{
	loop = base;
	lost = lost_cb;
	address.sun_family = AF_UNIX;
	if (strlcpy(address.sun_path, path, sizeof(address.sun_path)) >=
	    sizeof(address.sun_path))
		fatalx("docker socket: the path is too long");
}

/* The API version of all requests from now on, "" before it is known. */
void
docker_set_version(const char *v)
{
	strlcpy(version, v, sizeof(version));
}

const char *
docker_strerror(enum docker_error e)
{
	switch (e) {
	case DOCKER_OK:
		return "ok";
	case DOCKER_DOWN:
		return "the engine does not accept connections";
	case DOCKER_CUT:
		return "the engine closed the connection";
	case DOCKER_SILENT:
		return "the engine did not answer in time";
	case DOCKER_INVALID:
		return "the engine's answer is not one cid can read";
	case DOCKER_REFUSED:
		return "cid may not ask the engine for that";
	}
	return "unknown error";
}

/* The engine is gone, and what docker_init() was given is about to be told. */
int
docker_is_lost(const struct docker_answer *a)
{
	return a->error == DOCKER_DOWN || a->error == DOCKER_CUT;
}

/*
 * Why an answer is not the one hoped for, with the engine's own words.
 * ENGINE_DOWN: see docker_is_lost().
 */
enum reason
docker_failed(const struct docker_answer *a, char *text, size_t size)
{
	if (a->error == DOCKER_OK) {
		answer_message(a->body, a->len, text, size);
		return answer_start_reason(text);
	}
	strlcpy(text, docker_strerror(a->error), size);
	return docker_is_lost(a) ? REASON_ENGINE_DOWN : REASON_ENGINE_ERROR;
}

/* Close the connection; done is not called. */
void
docker_free(struct docker_req *r)
{
	int fd;

	if (r->readable != NULL)
		event_free(r->readable);
	if (r->writable != NULL)
		event_free(r->writable);
	if (r->ended != NULL)
		event_free(r->ended);
	if (r->pipe != NULL) {
		fd = event_get_fd(r->pipe);
		event_free(r->pipe);
		close(fd);
	}
	if (r->fd != -1)
		close(r->fd);
	freezero(r->out, r->out_len);
	free(r->in);
	free(r);
}

/* Make an idle connection ready for its next request. */
static void
request_reset(struct docker_req *r)
{
	freezero(r->out, r->out_len);
	free(r->in);
	r->out = r->in = NULL;
	r->out_len = r->out_pos = r->in_len = r->in_cap = 0;
	memset(&r->answer, 0, sizeof(r->answer));
	r->ops = NULL;
	r->is_ready = r->is_over = r->is_paused = r->is_busy = r->is_dead = 0;
}

/* Read from now on, as long as the request may be silent. */
static int
watch(struct docker_req *r)
{
	struct timeval tv = { r->timeout_s, 0 };

	/* A persistent event keeps its last timeout unless made anew. */
	event_assign(r->readable, loop, r->fd, EV_READ | EV_PERSIST,
	    docker_on_readable, r);
	return event_add(r->readable, r->timeout_s > 0 ? &tv : NULL);
}

/* Keep the connection or close it. */
static void
request_done(struct docker_req *r)
{
	r->timeout_s = 0;
	if (!r->is_kept || idle_len >= IDLE_MAX || r->pipe != NULL ||
	    r->out_pos < r->out_len || watch(r) == -1) {
		docker_free(r);
		return;
	}
	request_reset(r);
	LIST_INSERT_HEAD(&idle, r, entry);
	idle_len++;
}

static void
on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct docker_req *r = arg;
	int is_lost = docker_is_lost(&r->answer);

	(void)fd;
	(void)what;
	if (r->answer.error != DOCKER_OK)
		r->answer.status = 0;
	if (r->in == NULL || r->answer.error != DOCKER_OK) {
		r->answer.body = "";
		r->answer.len = 0;
	} else {
		r->answer.body = r->in;
		r->answer.len = r->in_len;
	}
	r->is_busy = 1;
	r->ops->done(r->arg, &r->answer);
	request_done(r);
	if (is_lost)
		lost();
}

/* Let done be called from the loop; nothing else happens before that. */
void
docker_finish(struct docker_req *r, enum docker_error error)
{
	if (r->is_over)
		return;
	r->is_over = 1;
	r->answer.error = error;
	if (error != DOCKER_OK)
		r->is_kept = 0;
	if (r->readable != NULL)
		event_del(r->readable);
	if (r->writable != NULL)
		event_del(r->writable);
	if (r->pipe != NULL)
		event_del(r->pipe);
	event_active(r->ended, 0, 0);
}

/* The engine closed a connection that waits for its next request. */
void
docker_unused(struct docker_req *r)
{
	LIST_REMOVE(r, entry);
	idle_len--;
	docker_free(r);
}

static struct docker_req *
take_idle(void)
{
	struct docker_req *r = LIST_FIRST(&idle);

	if (r == NULL)
		return NULL;
	LIST_REMOVE(r, entry);
	idle_len--;
	event_del(r->readable);
	return r;
}

static struct docker_req *
request_new(void)
{
	struct docker_req *r;

	if ((r = take_idle()) != NULL)
		return r;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return NULL;
	r->fd = -1;
	if ((r->ended = event_new(loop, -1, 0, on_ended, r)) == NULL) {
		docker_free(r);
		return NULL;
	}
	return r;
}

/* Returns 0 with a connection, or -1. */
static int
make_connection(struct docker_req *r)
{
	if (r->fd != -1)
		return 0;
	r->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (r->fd == -1)
		return -1;
	if (connect(r->fd, (const struct sockaddr *)&address,
		sizeof(address)) == -1)
		return -1;
	r->readable =
	    event_new(loop, r->fd, EV_READ | EV_PERSIST, docker_on_readable, r);
	r->writable = event_new(loop, r->fd, EV_WRITE, docker_on_writable, r);
	return r->readable == NULL || r->writable == NULL ? -1 : 0;
}

/*
 * Ask the engine.  ask may be on the stack; ops must stay.  Every failure
 * but lack of memory, which is fatal here, is told to done, from the loop.
 * The request belongs to the caller until done or docker_cancel().
 */
struct docker_req *
docker_start(const struct docker_ask *ask, const struct docker_ops *ops,
    void *arg)
{
	struct docker_req *r;

	if ((r = request_new()) == NULL)
		fatal("docker request");
	r->ops = ops;
	r->arg = arg;
	r->is_kept = 0;
	r->timeout_s = ask->timeout_s;
	if (ask->upload != -1) {
		r->pipe =
		    event_new(loop, ask->upload, EV_READ, docker_on_pipe, r);
		if (r->pipe == NULL ||
		    evutil_make_socket_nonblocking(ask->upload) == -1)
			fatal("docker request");
	}
	if (docker_compose(r, ask, version) == -1)
		docker_finish(r, DOCKER_REFUSED);
	else if (make_connection(r) == -1 || watch(r) == -1)
		docker_finish(r, DOCKER_DOWN);
	else
		docker_flush(r);
	return r;
}

/* Forget a request: its connection is closed, done is not called.  NULL ok. */
void
docker_cancel(struct docker_req *r)
{
	if (r == NULL)
		return;
	if (!r->is_busy) {
		docker_free(r);
		return;
	}
	r->is_dead = 1;
	docker_finish(r, DOCKER_CUT);
	event_del(r->ended);
}

/* Stop reading, so that the engine waits, or go on. */
void
docker_pause(struct docker_req *r, int on)
{
	if (r->is_over || r->is_paused == on)
		return;
	r->is_paused = on;
	if (on)
		event_del(r->readable);
	else
		watch(r);
}

void
docker_close_idle(void)
{
	struct docker_req *r;

	while ((r = take_idle()) != NULL)
		docker_free(r);
}
