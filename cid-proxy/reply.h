#ifndef CID_REPLY_H
#define CID_REPLY_H

#include <stddef.h>

#include "cookie.h"

struct http1_head;
struct text;

/* An answer as it goes back to the visitor. */
struct reply {
	const struct http1_head *head;
	const char *buf;
	size_t head_len;
	struct cookie_rule cookies;
	int from_project; /* 0: from the API, whose cookies are cid's */
	int minor;	  /* of the client's version */
	int keepalive;	  /* the client's connection will be kept */
};

void reply_write(struct text *, const struct reply *);

#endif /* CID_REPLY_H */
