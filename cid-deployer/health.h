#ifndef CID_HEALTH_H
#define CID_HEALTH_H

#include <stdint.h>

struct event_base;
struct health;
struct spec_health;

/* Whom to ask, and how.  rule and host are used during health_start() only. */
struct health_target {
	const struct spec_health *rule;
	uint32_t addr; /* IPv4, host byte order */
	uint16_t port;
	const char *host;     /* as visitors call it; NULL: address and port */
	uint32_t healthcheck; /* see struct msg_container */
};

/* One try.  text is a phrase: "connection refused"; "" when it is fine. */
struct health_result {
	uint32_t attempt; /* from 1 */
	uint32_t attempts_max;
	int is_ok;
	uint32_t status; /* of HTTP, else 0 */
	uint32_t time_ms;
	const char *text;
};

/*
 * tried is called for each try, and must not end the check.  ended is called
 * once, from the loop, with a sentence when the check failed; the owner frees
 * the check in it.
 */
struct health_ops {
	void (*tried)(void *, const struct health_result *);
	void (*ended)(void *, int is_ok, const char *text);
};

struct health *health_start(struct event_base *, const struct health_target *,
    const struct health_ops *, void *);
void health_seen(struct health *, uint32_t healthcheck);
void health_free(struct health *);

#endif /* CID_HEALTH_H */
