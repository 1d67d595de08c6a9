#ifndef CID_HOOK_H
#define CID_HOOK_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct request_stream;

/*
 * POST /webhook/{forge}/{hook}, parameters "forge" and "hook" (absent when
 * the path ends before it).
 */
extern const struct request_stream hook_stream;

void hook_loop(struct event_base *); /* once, before the first */

#define HOOK_REFUSED_HEAD 1024

/* A delivery that could not be verified, kept in memory for a while. */
struct hook_refused {
	int64_t received_ms;
	char address[64];
	char event[64];
	char forge_delivery[128];
	int64_t size;
	size_t head_len;
	char head[HOOK_REFUSED_HEAD]; /* of the body, any bytes */
};

/* The newest first, until f returns non-zero, which is returned. */
int hook_each_refused(int (*f)(const struct hook_refused *, void *), void *);

#endif /* CID_HOOK_H */
