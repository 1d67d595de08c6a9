#ifndef CID_REST_H
#define CID_REST_H

#include <stdint.h>

struct build;
struct delivery;
struct json_object;
struct project;
struct request;

/* What the door has found and read for a handler; never NULL there. */
struct project *rest_project(const struct request *);
struct build *rest_build(const struct request *);
struct delivery *rest_delivery(const struct request *);
void *rest_input(const struct request *);
uint64_t rest_present(const struct request *); /* see schema_read() */
void rest_free_input(struct request *);

/* limit and offset of a list.  -1 after refusing the request. */
int rest_page(struct request *, int64_t *limit, int64_t *offset);

/*
 * Say whether the path's project has this environment; "" is the default.
 * -1 after refusing the request.
 */
int rest_environment(struct request *, const char *name);

/* {"total": N, name: list}; list is consumed. */
struct json_object *
rest_list(const char *name, struct json_object *list, int64_t total);

/* Usual refusals. */
void rest_invalid(struct request *, const char *field, const char *reason);
void rest_missing(struct request *, const char *what); /* 404 what_NOT_FOUND */
void rest_broken(struct request *);		       /* 503, it is logged */
void rest_reason(struct request *, int status, uint32_t reason);

/* RFC 3339, UTC, milliseconds; null for 0. */
struct json_object *rest_time(int64_t ms);
void rest_set(struct json_object *, const char *, struct json_object *);
void rest_set_text(struct json_object *, const char *, const char *);
void rest_set_int(struct json_object *, const char *, int64_t);
void rest_set_bool(struct json_object *, const char *, int);

#endif /* CID_REST_H */
