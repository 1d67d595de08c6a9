#ifndef CID_DOCKER_H
#define CID_DOCKER_H

#include <stddef.h>

#include "docker_call.h"
#include "reason.h"

struct event_base;
struct docker_req;

/* Why there is no whole answer. */
enum docker_error {
	DOCKER_OK,
	DOCKER_DOWN,	/* nobody accepts the connection */
	DOCKER_CUT,	/* it broke in the middle */
	DOCKER_SILENT,	/* nothing came in time */
	DOCKER_INVALID, /* not HTTP, or larger than cid takes */
	DOCKER_REFUSED	/* the request is not one cid may make */
};

/*
 * How a request ended.  status is that of the engine, 0 unless error is
 * DOCKER_OK.  body is NUL-terminated, all of the answer or, with a stream,
 * of its error; it is gone after the callback.
 */
struct docker_answer {
	enum docker_error error;
	int status;
	const char *body;
	size_t len;
};

/* NULL where not needed; a and b are what docker_call.c says. */
struct docker_ask {
	enum docker_call call;
	const char *a;
	const char *b;
	const char *body;
	size_t body_len;
	const char *type; /* of the body; NULL: JSON */
	const char *auth; /* X-Registry-Auth, base64url */
	int upload;	  /* -1, or a pipe whose bytes are the body; closed */
	int timeout_s;	  /* of silence, 0: none */
};

/*
 * done is called once, from the loop, and the request is gone when it
 * returns.  The others are optional: began tells that the answer is a good
 * one, data its bytes as they come (without it they are collected), sent
 * what went up.
 */
struct docker_ops {
	void (*done)(void *, const struct docker_answer *);
	void (*began)(void *);
	void (*data)(void *, const char *, size_t);
	void (*sent)(void *, const char *, size_t);
};

#define DOCKER_ASK(what) \
	{ \
		.call = (what), .upload = -1, .timeout_s = 120 \
	}
#define DOCKER_READ_MAX 65536 /* bytes that may still come after a pause */

void docker_init(struct event_base *, const char *path, void (*lost)(void));
void docker_set_version(const char *);
struct docker_req *
docker_start(const struct docker_ask *, const struct docker_ops *, void *arg);
void docker_cancel(struct docker_req *);
void docker_pause(struct docker_req *, int on);
void docker_close_idle(void);
const char *docker_strerror(enum docker_error);
int docker_is_lost(const struct docker_answer *);
enum reason docker_failed(const struct docker_answer *, char *, size_t);

#endif /* CID_DOCKER_H */
