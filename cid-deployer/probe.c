/*
 * One try: connect to a slot, and for HTTP ask once and read the head of the
 * answer.  Whatever comes back, it is 4 KB at most and ends in time.
 */

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "addr.h"
#include "clock.h"
#include "http1.h"
#include "log.h"
#include "probe.h"
#include "timer.h"

#define ANSWER_MAX 4096
#define REQUEST_MAX 2048
#define TEXT_MAX 128
#define KNOCK_MS 10 /* between connections while nobody listens yet */

struct probe {
	struct event_base *base;
	struct event *readable; /* these two while there is a socket */
	struct event *writable;
	struct event *timer;
	struct event *again;
	uint64_t begun_ms; /* clock_ms() */
	int fd;
	int is_connected;
	struct probe_target target; /* its strings are not used any more */
	void (*done)(void *, const struct probe_result *);
	void *arg;
	char request[REQUEST_MAX];
	size_t request_len;
	size_t sent;
	char answer[ANSWER_MAX];
	size_t answer_len;
	char failure[TEXT_MAX]; /* what ended the last connection */
};

static void
hang_up(struct probe *p)
{
	if (p->readable != NULL)
		event_free(p->readable);
	if (p->writable != NULL)
		event_free(p->writable);
	if (p->fd != -1)
		close(p->fd);
	p->readable = p->writable = NULL;
	p->fd = -1;
}

/* Stop at once without a word.  NULL is allowed. */
void
probe_free(struct probe *p)
{
	if (p == NULL)
		return;
	hang_up(p);
	event_free(p->timer);
	event_free(p->again);
	free(p);
}

static void
finish(struct probe *p, int is_ok, uint32_t status, const char *text)
{
	void (*done)(void *, const struct probe_result *) = p->done;
	struct probe_result r;
	char copy[TEXT_MAX];
	void *arg = p->arg;

	snprintf(copy, sizeof(copy), "%s", text);
	r.is_ok = is_ok;
	r.status = status;
	r.text = copy;
	probe_free(p);
	done(arg, &r);
}

static const char *
explain(int err)
{
	switch (err) {
	case ECONNREFUSED:
		return "connection refused";
	case ECONNRESET:
	case EPIPE:
		return "connection reset";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "nobody is at the slot's address";
	default:
		return strerror(err);
	}
}

static int
is_expected(const struct probe *p, uint32_t status)
{
	if (p->target.status != 0)
		return status == p->target.status;
	return status >= 200 && status < 400;
}

static void
judge(struct probe *p, uint32_t status)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "answered %u", (unsigned int)status);
	if (is_expected(p, status))
		finish(p, 1, status, "");
	else
		finish(p, 0, status, text);
}

/* Interim answers are skipped.  Returns 1 when p is finished and gone. */
static int
read_heads(struct probe *p)
{
	struct http1_head h;
	ssize_t n;

	while ((n = http1_response(&h, p->answer, p->answer_len, 0)) > 0) {
		if (h.status >= 200 || h.status == 101) {
			judge(p, h.status);
			return 1;
		}
		p->answer_len -= (size_t)n;
		memmove(p->answer, p->answer + n, p->answer_len);
	}
	if (n < 0)
		finish(p, 0, 0, "the answer is not HTTP/1.1");
	else if (p->answer_len == sizeof(p->answer))
		finish(p, 0, 0, "the answer's head is longer than 4 KB");
	else
		return 0;
	return 1;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	ssize_t n;

	(void)what;
	n = recv(fd, p->answer + p->answer_len,
	    sizeof(p->answer) - p->answer_len, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) {
		finish(p, 0, 0, explain(errno));
		return;
	}
	if (n == 0) {
		finish(p, 0, 0, "the connection was closed without an answer");
		return;
	}
	p->answer_len += (size_t)n;
	read_heads(p);
}

/*
 * An app that is about to listen is live as soon as it does: knock again
 * instead of waiting for the next try.
 */
static int
may_knock(const struct probe *p, int err)
{
	return err == ECONNREFUSED &&
	    clock_ms() + KNOCK_MS < p->begun_ms + p->target.knock_ms;
}

static int
is_refused(struct probe *p, int fd)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (p->is_connected)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1)
		err = errno;
	p->is_connected = err == 0;
	p->failure[0] = '\0';
	if (err == 0)
		return 0;
	if (may_knock(p, err)) {
		/* The time may be over before we knock again. */
		snprintf(p->failure, sizeof(p->failure), "%s", explain(err));
		hang_up(p);
		timer_set(p->again, KNOCK_MS);
	} else {
		finish(p, 0, 0, explain(err));
	}
	return 1;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	ssize_t n;

	(void)what;
	if (is_refused(p, fd))
		return;
	if (!p->target.is_http) {
		finish(p, 1, 0, "");
		return;
	}
	n = send(fd, p->request + p->sent, p->request_len - p->sent,
	    MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		finish(p, 0, 0, explain(errno));
		return;
	}
	if (n > 0)
		p->sent += (size_t)n;
	if (p->sent < p->request_len)
		event_add(p->writable, NULL);
	else
		event_add(p->readable, NULL);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;

	(void)fd;
	(void)what;
	if (p->failure[0] != '\0')
		finish(p, 0, 0, p->failure);
	else
		finish(p, 0, 0,
		    p->is_connected ? "no answer in time"
				    : "no connection in time");
}

/* A path is a part of the request's line: nothing may end it early. */
static int
is_clean(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s <= ' ' || *s > '~')
			return 0;
	}
	return 1;
}

static int
write_request(struct probe *p, const struct probe_target *t)
{
	char addr[32];
	int n;

	addr_print(t->addr, addr, sizeof(addr));
	if (!is_clean(t->path) || !is_clean(t->host))
		return -1;
	if (t->host[0] != '\0')
		n = snprintf(p->request, sizeof(p->request),
		    "GET %s HTTP/1.1\r\nHost: %s\r\n", t->path, t->host);
	else
		n = snprintf(p->request, sizeof(p->request),
		    "GET %s HTTP/1.1\r\nHost: %s:%u\r\n", t->path, addr,
		    (unsigned int)t->port);
	if (n < 0 || (size_t)n >= sizeof(p->request))
		return -1;
	p->request_len = (size_t)n;
	n = snprintf(p->request + n, sizeof(p->request) - (size_t)n,
	    "User-Agent: cid-health\r\nAccept: */*\r\n"
	    "Connection: close\r\n\r\n");
	if (n < 0 || (size_t)n >= sizeof(p->request) - p->request_len)
		return -1;
	p->request_len += (size_t)n;
	return 0;
}

static int
begin_connect(struct probe *p)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(p->target.addr);
	sin.sin_port = htons(p->target.port);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd == -1)
		return -1;
	if (connect(p->fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 &&
	    errno != EINPROGRESS)
		return -1;
	return 0;
}

/* What fails at once is told from the loop, too. */
static void
knock(struct probe *p)
{
	if (begin_connect(p) == -1) {
		snprintf(p->failure, sizeof(p->failure), "%s", explain(errno));
		timer_set(p->timer, 0);
		return;
	}
	p->readable =
	    event_new(p->base, p->fd, EV_READ | EV_PERSIST, on_readable, p);
	p->writable = event_new(p->base, p->fd, EV_WRITE, on_writable, p);
	if (p->readable == NULL || p->writable == NULL ||
	    event_add(p->writable, NULL) == -1)
		fatal("probe");
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	knock(arg);
}

/*
 * Begin a try.  done is called once, from the loop, after the probe freed
 * itself; until then the owner may end it by probe_free().  t is used during
 * the call only.  Does not return without memory.
 */
struct probe *
probe_start(struct event_base *base, const struct probe_target *t,
    void (*done)(void *, const struct probe_result *), void *arg)
{
	struct probe *p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		fatal("probe");
	p->base = base;
	p->timer = timer_new(base, on_timer, p);
	p->again = timer_new(base, on_again, p);
	p->begun_ms = clock_ms();
	p->fd = -1;
	p->target = *t;
	p->done = done;
	p->arg = arg;
	if (t->is_http && write_request(p, t) == -1) {
		snprintf(p->failure, sizeof(p->failure),
		    "the path is not one to ask for");
		timer_set(p->timer, 0);
		return p;
	}
	timer_set(p->timer, t->timeout_ms);
	knock(p);
	return p;
}
