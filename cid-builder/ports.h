#ifndef CID_PORTS_H
#define CID_PORTS_H

#include <stddef.h>
#include <stdint.h>

#define PORTS_MAX 32

/* Where something listens; local: reachable from inside only. */
struct ports {
	size_t len;
	struct {
		uint16_t port;
		int local;
	} list[PORTS_MAX];
};

void ports_add(struct ports *, const char *table, size_t);
void ports_read(struct ports *, int64_t pid);
const char *ports_print(const struct ports *, char *, size_t);

#endif /* CID_PORTS_H */
