#ifndef CID_DOCKER_REQ_H
#define CID_DOCKER_REQ_H

#include <bsd/sys/queue.h>
#include <event2/util.h>
#include <stddef.h>

#include "docker.h"
#include "http1_body.h"

struct event;

/* A request and its connection, for the files of the client alone. */
struct docker_req {
	LIST_ENTRY(docker_req) entry; /* of idle */
	const struct docker_ops *ops; /* NULL: idle */
	void *arg;
	struct event *readable;
	struct event *writable;
	struct event *pipe; /* of an upload */
	struct event *ended;
	char *out; /* what is still to be written */
	size_t out_len;
	size_t out_pos;
	char *in; /* the head, then what is collected */
	size_t in_len;
	size_t in_cap;
	struct http1_body body;
	struct docker_answer answer;
	int fd;
	int timeout_s;
	int is_head;  /* a HEAD request */
	int is_ready; /* the answer's head was read */
	int is_kept;  /* the engine keeps the connection */
	int is_over;  /* waits for done */
	int is_paused;
	int is_busy; /* in a callback: docker_cancel() must not free */
	int is_dead; /* cancelled there */
};

/* One buffer for all that passes through. */
extern char docker_scratch[DOCKER_READ_MAX];

void docker_finish(struct docker_req *, enum docker_error);
void docker_free(struct docker_req *);
void docker_unused(struct docker_req *);

/* docker_read.c */
void docker_on_readable(evutil_socket_t, short, void *);

/* docker_write.c */
int docker_compose(struct docker_req *, const struct docker_ask *,
    const char *version);
void docker_flush(struct docker_req *);
void docker_on_writable(evutil_socket_t, short, void *);
void docker_on_pipe(evutil_socket_t, short, void *);

#endif /* CID_DOCKER_REQ_H */
