/*
 * The request's half: its head and body, or what comes out of a pipe as
 * chunks, of which one waits at a time.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "docker_req.h"

#define CHUNK_MAX DOCKER_READ_MAX

/* Write what is left of the request, or as much as is taken. */
void
docker_flush(struct docker_req *r)
{
	ssize_t n;

	while (r->out_pos < r->out_len) {
		n = send(r->fd, r->out + r->out_pos, r->out_len - r->out_pos,
		    MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			event_add(r->writable, NULL);
			return;
		}
		if (n == -1) { /* an answer may still be there to read */
			if (r->pipe != NULL)
				event_del(r->pipe);
			r->is_kept = 0;
			return;
		}
		r->out_pos += (size_t)n;
	}
	if (r->pipe != NULL)
		event_add(r->pipe, NULL);
}

void
docker_on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	docker_flush(arg);
}

static void
upload_end(struct docker_req *r)
{
	int fd = event_get_fd(r->pipe);

	event_free(r->pipe);
	close(fd);
	r->pipe = NULL;
	memcpy(r->out, "0\r\n\r\n", 5);
	r->out_pos = 0;
	r->out_len = 5;
	docker_flush(r);
}

/* Send what the pipe holds as one chunk; the next one waits until it left. */
void
docker_on_pipe(evutil_socket_t fd, short what, void *arg)
{
	struct docker_req *r = arg;
	ssize_t n;
	int head;

	(void)what;
	n = read(fd, docker_scratch, CHUNK_MAX);
	if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
		event_add(r->pipe, NULL);
		return;
	}
	if (n <= 0) {
		upload_end(r);
		return;
	}
	head = snprintf(r->out, 16, "%zx\r\n", (size_t)n);
	memcpy(r->out + head, docker_scratch, (size_t)n);
	memcpy(r->out + head + n, "\r\n", 2);
	r->out_pos = 0;
	r->out_len = (size_t)head + (size_t)n + 2;
	r->is_busy = 1;
	if (r->ops->sent != NULL)
		r->ops->sent(r->arg, docker_scratch, (size_t)n);
	r->is_busy = 0;
	if (r->is_dead)
		docker_free(r);
	else
		docker_flush(r);
}

/* Write the request's head, and its body unless that comes from a pipe. */
int
docker_compose(struct docker_req *r, const struct docker_ask *a,
    const char *version)
{
	static char path[DOCKER_PATH_MAX];
	const char *type = a->type != NULL ? a->type : "application/json";
	size_t cap = DOCKER_PATH_MAX + 512 + a->body_len;
	int n;

	if (docker_call_path(a->call, version, a->a, a->b, path) == -1)
		return -1;
	if (a->auth != NULL)
		cap += strlen(a->auth);
	if (a->upload != -1)
		cap += CHUNK_MAX + 32;
	if ((r->out = malloc(cap)) == NULL)
		return -1;
	n = snprintf(r->out, cap, "%s %s HTTP/1.1\r\nHost: docker\r\n",
	    docker_call_method(a->call), path);
	if (a->auth != NULL)
		n += snprintf(r->out + n, cap - (size_t)n,
		    "X-Registry-Auth: %s\r\n", a->auth);
	if (a->body != NULL || a->upload != -1)
		n += snprintf(r->out + n, cap - (size_t)n,
		    "Content-Type: %s\r\n", type);
	if (a->upload != -1)
		n += snprintf(r->out + n, cap - (size_t)n,
		    "Transfer-Encoding: chunked\r\n\r\n");
	else
		n += snprintf(r->out + n, cap - (size_t)n,
		    "Content-Length: %zu\r\n\r\n", a->body_len);
	if (a->body != NULL)
		memcpy(r->out + n, a->body, a->body_len);
	r->out_len = (size_t)n + a->body_len;
	r->out_pos = 0;
	r->is_head = a->call == DOCKER_ARCHIVE_STAT;
	return 0;
}
