#ifndef CID_ROUTE_DIFF_H
#define CID_ROUTE_DIFF_H

#include <stddef.h>

struct msg_route;

/* One step from the routes that are to those that should be. */
struct route_step {
	int is_set; /* else it is deleted */
	size_t i;   /* of want when it is set, else of have */
};

int route_is_at(const struct msg_route *, const struct msg_route *);
size_t route_diff(const struct msg_route *have, size_t have_len,
    const struct msg_route *want, size_t want_len, struct route_step *out);

#endif /* CID_ROUTE_DIFF_H */
