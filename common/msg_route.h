#ifndef CID_MSG_ROUTE_H
#define CID_MSG_ROUTE_H

#include <stdint.h>

#define ROUTE_HOST_MAX 256
#define ROUTE_PREFIX_MAX 64

enum route_state {
	ROUTE_LIVE,
	ROUTE_VACANT, /* known, nothing released: 503 */
	ROUTE_STATES
};

/*
 * One route: requests for host (or, with host "", any host) whose path is
 * prefix or lies below it go to addr:port.  With prefix "" the whole host is
 * the project's.  A route file (ROUTE_LOAD, ROUTE_SNAPSHOT, ROUTE_TABLE) is
 * an array of these in a sealed memfd.
 */
struct msg_route {
	uint64_t generation; /* grows with each change, over restarts too */
	uint64_t env_id;
	uint64_t release_id;
	uint64_t body_max; /* 0: the worker's */
	uint32_t state;	   /* enum route_state */
	uint32_t slot;	   /* enum slot */
	uint32_t addr;	   /* IPv4, host byte order, inside the pool */
	uint32_t port;
	uint32_t drain_ms; /* for what this route replaces */
	uint32_t zero;
	char host[ROUTE_HOST_MAX];
	char prefix[ROUTE_PREFIX_MAX]; /* "/name", no slash at its end */
};

/*
 * ROUTE_ACK: everything up to generation is in force in this worker, and of
 * that many releases without a route ROUTE_DRAINED is still to come.
 */
struct msg_route_load {
	uint64_t generation;
	uint32_t count; /* of routes in the file */
	uint32_t draining;
};

/* Nothing goes to this release any more, in this worker. */
struct msg_route_drained {
	uint64_t generation;
	uint64_t env_id;
	uint64_t release_id;
	uint32_t slot;
	uint32_t cut; /* requests and tunnels ended by the drain limit */
};

#endif /* CID_MSG_ROUTE_H */
