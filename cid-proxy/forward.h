#ifndef CID_FORWARD_H
#define CID_FORWARD_H

#include <stddef.h>
#include <stdint.h>

struct http1_head;
struct text;

/* A request as it goes on to a project, or to the API. */
struct forward {
	const struct http1_head *head;
	const char *buf;
	size_t head_len;
	const char *prefix; /* taken off the path; "": nothing is */
	const char *client; /* printed address */
	const char *host;   /* for a request that has none */
	uint64_t id;	    /* X-Request-Id */
	int upgrade;	    /* index of the Upgrade field to pass on, or -1 */
	int to_project;	    /* 0: to the API, which may see keys */
};

int forward_upgrade(const struct http1_head *, const char *buf);
void forward_write(struct text *, const struct forward *);

#endif /* CID_FORWARD_H */
