#ifndef CID_ROUTE_H
#define CID_ROUTE_H

#include <stddef.h>
#include <stdint.h>

struct msg_route;
struct route_table;
struct target;

/*
 * One route.  It never changes; who is in the middle of a request keeps the
 * one it began with by route_ref().
 */
struct route {
	struct route *next;    /* in its bucket */
	struct target *target; /* NULL: nothing is released */
	uint64_t body_max;     /* 0: the worker's */
	uint32_t hash;
	uint32_t refs;
	uint16_t host_len;
	uint16_t prefix_len;
	char *host; /* lower case, "": any */
	char *prefix;
};

/* What a request asks for. */
struct route_key {
	const char *host; /* without port; any case */
	size_t host_len;
	const char *path;
	size_t path_len;
};

struct route *route_new(const struct msg_route *, struct target *);
void route_ref(struct route *);
void route_unref(struct route *);

struct route_table *route_table_new(size_t);
void route_table_free(struct route_table *);
struct route *route_put(struct route_table *, struct route *);
struct route *route_take(struct route_table *, const char *, const char *);
struct route *route_find(const struct route_table *, const struct route_key *,
    const char *domain);
size_t route_count(const struct route_table *);
void route_each(struct route_table *, void (*)(struct route *, void *), void *);

#endif /* CID_ROUTE_H */
