#ifndef CID_PROBE_H
#define CID_PROBE_H

#include <stdint.h>

struct event_base;
struct probe;

#define PROBE_HOST_MAX 256

struct probe_target {
	uint32_t addr; /* IPv4, host byte order */
	uint16_t port;
	int is_http; /* else a connection is enough */
	const char *path;
	const char *host; /* "" : address and port */
	uint32_t status;  /* expected; 0: any 2xx or 3xx */
	uint64_t timeout_ms;
	uint64_t knock_ms; /* so long is a refused connection made again */
};

struct probe_result {
	int is_ok;
	uint32_t status;  /* of HTTP, 0: no answer */
	const char *text; /* why not: "connection refused" */
};

struct probe *probe_start(struct event_base *, const struct probe_target *,
    void (*)(void *, const struct probe_result *), void *);
void probe_free(struct probe *);

#endif /* CID_PROBE_H */
