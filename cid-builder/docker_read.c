/*
 * The answer's half of a request: its head is judged, its body handed on as
 * it comes, or collected within bounds.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "docker_req.h"
#include "http1.h"

#define COLLECT_MAX (4UL * 1024 * 1024) /* bytes of an answer */
#define ERROR_MAX 16384			/* bytes of an error's text */

static int
is_good(const struct docker_req *r)
{
	return r->answer.status >= 200 && r->answer.status < 300;
}

/* Append to what is collected, a NUL after it. */
static int
collect(struct docker_req *r, const char *data, size_t len, size_t max)
{
	size_t cap;
	char *grown;

	if (len > max - r->in_len)
		return -1;
	if (r->in_len + len + 1 > r->in_cap) {
		cap = r->in_cap < 1024 ? 1024 : r->in_cap * 2;
		if (cap < r->in_len + len + 1)
			cap = r->in_len + len + 1;
		if ((grown = realloc(r->in, cap)) == NULL)
			return -1;
		r->in = grown;
		r->in_cap = cap;
	}
	memcpy(r->in + r->in_len, data, len);
	r->in_len += len;
	r->in[r->in_len] = '\0';
	return 0;
}

/* One piece of the answer's body. */
static void
deliver(struct docker_req *r, const char *data, size_t len)
{
	if (is_good(r) && r->ops->data != NULL) {
		r->ops->data(r->arg, data, len);
		return;
	}
	if (is_good(r)) {
		if (collect(r, data, len, COLLECT_MAX) == -1)
			docker_finish(r, DOCKER_INVALID);
		return;
	}
	if (len > ERROR_MAX - r->in_len)
		len = ERROR_MAX - r->in_len;
	if (collect(r, data, len, ERROR_MAX) == -1)
		docker_finish(r, DOCKER_INVALID);
}

static void
read_body(struct docker_req *r, const char *buf, size_t len)
{
	const char *data;
	size_t dlen;
	ssize_t n;

	while (len > 0 && !r->body.done && !r->is_over && !r->is_dead) {
		n = http1_body_step(&r->body, buf, len, &data, &dlen);
		if (n == -1) {
			docker_finish(r, DOCKER_INVALID);
			return;
		}
		buf += n;
		len -= (size_t)n;
		if (dlen > 0)
			deliver(r, data, dlen);
	}
	if (len > 0) /* the engine says more than it was asked */
		r->is_kept = 0;
	if (r->body.done && !r->is_dead)
		docker_finish(r, DOCKER_OK);
}

/* Judge the head that is collected.  Returns its length, 0: not whole. */
static size_t
judge_head(struct docker_req *r, size_t seen)
{
	static struct http1_head head;
	ssize_t n;

	if (!http1_grew(r->in, seen, r->in_len))
		return 0;
	n = http1_response(&head, r->in, r->in_len, r->is_head);
	if (n < 0) {
		docker_finish(r, DOCKER_INVALID);
		return 0;
	}
	if (n == 0)
		return 0;
	if (head.status < 200) { /* cid asks for none of these */
		docker_finish(r, DOCKER_INVALID);
		return 0;
	}
	r->answer.status = head.status;
	r->is_kept = head.keepalive && head.framing != HTTP1_CLOSE;
	http1_body_init(&r->body, &head);
	return (size_t)n;
}

static void
read_head(struct docker_req *r, const char *buf, size_t len)
{
	size_t n, rest, seen = r->in_len;
	char *head;

	if (collect(r, buf, len, HTTP1_HEAD_MAX + DOCKER_READ_MAX) == -1) {
		docker_finish(r, DOCKER_INVALID);
		return;
	}
	if ((n = judge_head(r, seen)) == 0)
		return;
	head = r->in;
	rest = r->in_len - n;
	r->in = NULL;
	r->in_len = r->in_cap = 0;
	r->is_ready = 1;
	if (is_good(r) && r->ops->began != NULL)
		r->ops->began(r->arg);
	if (!r->is_dead)
		read_body(r, head + n, rest);
	free(head);
}

static void
on_closed(struct docker_req *r)
{
	if (r->ops == NULL) {
		docker_unused(r);
		return;
	}
	r->is_kept = 0;
	if (r->is_ready && http1_body_eof(&r->body) == 0)
		docker_finish(r, DOCKER_OK);
	else
		docker_finish(r, DOCKER_CUT);
}

void
docker_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct docker_req *r = arg;
	ssize_t n;

	if (what & EV_TIMEOUT) {
		docker_finish(r, DOCKER_SILENT);
		return;
	}
	n = recv(fd, docker_scratch, sizeof(docker_scratch), 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || r->ops == NULL) {
		on_closed(r);
		return;
	}
	r->is_busy = 1;
	if (r->is_ready)
		read_body(r, docker_scratch, (size_t)n);
	else
		read_head(r, docker_scratch, (size_t)n);
	r->is_busy = 0;
	if (r->is_dead)
		docker_free(r);
}
