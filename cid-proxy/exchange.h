#ifndef CID_EXCHANGE_H
#define CID_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "http1_body.h"

struct client;
struct proxy;
struct route;
struct target;
struct upstream;

enum exchange_phase {
	EXCHANGE_NONE,
	EXCHANGE_WAITING, /* for a connection to the upstream */
	EXCHANGE_OPEN	  /* has one, in up */
};

/* One request and its answer, part of a client. */
struct exchange {
	struct route *route; /* kept alive by us; NULL: the API */
	struct target *target;
	struct upstream *up;
	struct buf again; /* the request, as long as it may be sent once more */
	struct http1_body req;
	struct http1_body res;
	uint64_t body_max; /* 0: any */
	uint64_t body_len; /* of the request so far, with its framing */
	uint64_t id;
	uint32_t body_due; /* when the body must be there; 0: none */
	uint32_t req_read; /* bytes to read at once */
	uint32_t res_read;
	uint32_t interim; /* answers 1xx so far */
	uint8_t phase;	  /* enum exchange_phase */
	uint8_t minor;	  /* of the client's version */
	uint8_t head_request;
	uint8_t keepalive; /* of the client's connection */
	uint8_t upgrade;   /* asked for */
	uint8_t safe;	   /* to be sent twice */
	uint8_t retried;
	uint8_t answered;  /* a final head was passed on */
	uint8_t reusable;  /* the upstream keeps its connection */
	uint8_t at_prefix; /* asked for the bare prefix */
	uint8_t own_host;  /* of the domain: no cookie goes further */
	uint8_t unchunk;   /* the client knows no chunks */
};

uint64_t exchange_id(struct proxy *);
size_t exchange_begin(struct client *, const char *, size_t, size_t head_len);
void exchange_resume(struct client *);
void exchange_run(struct client *);
void exchange_deaf(struct client *);
void exchange_retry(struct client *);
void exchange_fail(struct client *, int status);
void exchange_end(struct client *);

#endif /* CID_EXCHANGE_H */
