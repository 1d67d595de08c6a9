#ifndef CID_KID_H
#define CID_KID_H

#include <bsd/sys/queue.h>
#include <stdint.h>
#include <sys/types.h>

#include "msg.h"

struct event;
struct event_base;
struct peer;

/* One program that the parent started, or will start again. */
struct kid {
	LIST_ENTRY(kid) entry;
	enum proc proc;
	uint32_t instance;
	uint64_t project_id; /* of a cid-git */
	pid_t pid;	     /* 0: not running */
	struct peer *peer;
	struct event *restart;
	uint64_t generation;
	uint64_t started_ms;
	uint64_t heard_ms; /* last PONG */
	unsigned int failures;
	int is_ready;
	int joined; /* an edge to a neighbour was made */
};

struct parent;

void kid_init(struct parent *);
struct kid *kid_add(enum proc, uint32_t instance, uint64_t project_id);
void kid_forget(struct kid *);
int kid_start(struct kid *);
struct kid *kid_find(enum proc, uint32_t instance);
struct kid *kid_by_pid(pid_t);
struct kid *kid_next(struct kid *); /* NULL: the first */
void kid_died(struct kid *, int status);
void kid_kill(struct kid *, const char *why);
unsigned int kid_count(enum proc);

#endif /* CID_KID_H */
