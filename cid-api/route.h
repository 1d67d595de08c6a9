#ifndef CID_ROUTE_H
#define CID_ROUTE_H

#include <stddef.h>

#include "request.h"

struct json_object;
struct schema;

/* What the path names; the door finds it and checks whose it is. */
enum route_object {
	ROUTE_PLAIN,
	ROUTE_PROJECT, /* parameter "project": a number or a name */
	ROUTE_BUILD,   /* parameter "build" */
	ROUTE_DELIVERY /* parameter "delivery" */
};

/*
 * One row decides all about a request: who may, what is read, who answers.
 * A segment of the path that begins with a colon is a parameter; one that
 * begins with an asterisk, the last, takes the rest.
 */
struct route {
	const char *method;
	const char *path;
	enum role least; /* ROLE_NONE: no key needed */
	enum route_object object;
	const char *query;	   /* names allowed, by spaces; NULL: any */
	const struct schema *body; /* of a JSON body; NULL: none */
	void (*prepare)(struct json_object *); /* before it is read; NULL */
	void (*handle)(struct request *);
	const struct request_stream *stream; /* instead of handle */
	int is_local;			     /* over the local socket only */
};

extern const struct route routes[];
extern const size_t routes_len;

#define ROUTE_PARAMS 3
#define ROUTE_ALLOW_MAX 64

/* A piece of the path as it was sent. */
struct route_param {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

struct route_match {
	const struct route *route; /* NULL: none */
	struct route_param params[ROUTE_PARAMS];
	size_t params_len;
	char allow[ROUTE_ALLOW_MAX]; /* methods of the path, for a 405 */
};

void route_find(const struct route *, size_t, const char *method,
    const char *path, struct route_match *);
int route_takes(const struct route *, const char *query_name);

#endif /* CID_ROUTE_H */
