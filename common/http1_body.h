#ifndef CID_HTTP1_BODY_H
#define CID_HTTP1_BODY_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct http1_head;

#define HTTP1_CHUNK_LINE_MAX 512  /* bytes of a chunk size line */
#define HTTP1_CHUNK_EXT_MAX 16384 /* bytes of extensions in a body */
#define HTTP1_TRAILER_MAX 8192	  /* bytes of trailers */

/* Where a body has got to.  Callers read done, and left where it is a length. */
struct http1_body {
	int64_t left;	 /* of the length, or of the chunk being read */
	uint32_t line;	 /* bytes of the chunk line or trailers so far */
	uint32_t ext;	 /* bytes of all chunk extensions so far */
	uint8_t framing; /* enum http1_framing */
	uint8_t state;
	uint8_t done; /* all of it was seen */
};

/* The body that follows a head that http1_request or http1_response passed. */
void http1_body_init(struct http1_body *, const struct http1_head *);

/*
 * Walk on over bytes that follow the head.  Returns how many of them belong to
 * this message, len unless it ends before, or -1 when chunks or trailers are
 * malformed or out of bounds.  Nothing may be fed after done or -1.
 */
ssize_t http1_body_walk(struct http1_body *, const char *, size_t len);

/*
 * The same, but stop after one piece of payload and point *data to its *dlen
 * bytes (0: none in what was read).  Call until done or all bytes are used.
 */
ssize_t http1_body_step(struct http1_body *, const char *, size_t len,
    const char **data, size_t *dlen);

/* The sender closed: returns 0 if the body may end here, -1 if it is cut. */
int http1_body_eof(const struct http1_body *);

#endif /* CID_HTTP1_BODY_H */
