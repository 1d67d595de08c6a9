#ifndef CID_REQUEST_STATE_H
#define CID_REQUEST_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "db_build.h"
#include "db_delivery.h"
#include "db_project.h"
#include "msg_conf.h"
#include "request.h"
#include "route.h"

struct evbuffer;
struct evhtp_request;
struct stream;

#define REQUEST_ID_MAX 65
#define REQUEST_QUERY_MAX 16 /* parameters */
#define REQUEST_URI_MAX 2048
#define REQUEST_DIGEST 32 /* SHA-256 */

struct request_pair {
	char *name;
	char *value;
};

/*
 * A request while it is being served.  http.c makes and ends it, the door
 * decides about it, handlers see it through request.h.  It lives as long as
 * the client waits or the answer is due, whichever is longer.
 */
struct request {
	struct evhtp_request *evr; /* NULL: the client has left */
	enum listener_kind listener;
	const struct route *route; /* NULL: none, it is refused */
	struct request_pair params[ROUTE_PARAMS];
	size_t params_len;
	struct request_pair query[REQUEST_QUERY_MAX];
	size_t query_len;
	struct actor actor;
	struct project *project; /* of the path, or of the build */
	struct build *build;
	struct delivery *delivery;
	void *input; /* the body, by route->body */
	uint64_t present;
	void *data; /* the handler's own */
	char id[REQUEST_ID_MAX];
	/* To be stored with the answer, see idempotency.c; NULL: none. */
	char *once_key;
	uint8_t once_digest[REQUEST_DIGEST];

	int has_begun;	 /* route->stream knows of it */
	int is_whole;	 /* nothing of it is left to read */
	int is_answered; /* status and body below are final */
	int is_sending;	 /* the turn's end will send it */
	int must_close;	 /* the rest of its body is not read */
	int status;
	struct evbuffer *body;
	char type[64];		      /* of the body */
	struct stream *answer_stream; /* instead of body */
};

struct request *request_new(struct evhtp_request *, enum listener_kind);
void request_free(struct request *);
int request_set_query(struct request *, const char *raw);
int request_set_params(struct request *, const struct route_match *);
int request_is_head(const struct request *);
void request_add_header(struct request *, const char *name, const char *value);

/* http.c: the answer is complete, send it when the turn ends. */
void http_send(struct request *);

#endif /* CID_REQUEST_STATE_H */
