#ifndef CID_QUEUE_H
#define CID_QUEUE_H

#include <stddef.h>
#include <stdint.h>

/* A build that has not ended, as far as the queue cares. */
struct queue_build {
	uint64_t build_id; /* grows with the time of asking */
	uint64_t project_id;
	uint64_t env_id;
	int64_t priority;   /* higher goes first, between projects only */
	const char *branch; /* of a push */
	int running;	    /* Building or Deploying */
	int pushed;	    /* by the forge, not asked for by a person */
	int pending;	    /* git has not decided whether it is to be */
	int supersede;	    /* the project's setting */
};

enum queue_verdict {
	QUEUE_RUNS,
	QUEUE_STARTS, /* now */
	QUEUE_WAITS,
	QUEUE_SUPERSEDED
};

struct queue_answer {
	enum queue_verdict verdict;
	uint32_t position; /* 1: the next to start; 0 unless it waits */
	uint64_t by;	   /* the build that superseded it */
};

struct queue_limit {
	uint32_t parallel;
	int stopped; /* nothing may start: no engine, no firewall */
};

int queue_plan(const struct queue_limit *, const struct queue_build *, size_t,
    struct queue_answer *);

#endif /* CID_QUEUE_H */
