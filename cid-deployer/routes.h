#ifndef CID_ROUTES_H
#define CID_ROUTES_H

#include <stddef.h>
#include <stdint.h>

struct msg_route;
struct peer;

#define ROUTES_ENV_MAX 65 /* of one environment: its hosts and a prefix */

/* What a change came to; generations 0 when there was none. */
struct routes_change {
	size_t count;
	uint64_t first;
	uint64_t last;
};

void routes_set(uint64_t env_id, const struct msg_route *, size_t,
    struct routes_change *);
void routes_open(void);
void routes_load(struct peer *);
void routes_outrun(uint64_t generation);
void routes_publish(void);

#endif /* CID_ROUTES_H */
