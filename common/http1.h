#ifndef CID_HTTP1_H
#define CID_HTTP1_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "http1_name.h"

#define HTTP1_HEAD_MAX 32768 /* bytes of a head, its empty line included */
#define HTTP1_LINE_MAX 8192  /* bytes of a request line, without CRLF */
#define HTTP1_METHOD_MAX 32
#define HTTP1_FIELDS_MAX 100
#define HTTP1_CONN_MAX 16 /* field names a Connection header may list */

/* Bytes of the buffer that was parsed; len 0 when there are none. */
struct http1_span {
	uint16_t off;
	uint16_t len;
};

struct http1_field {
	struct http1_span name;
	struct http1_span value; /* without the white space around it */
	uint8_t id;		 /* enum http1_name */
	uint8_t hop;		 /* hop-by-hop, or named by Connection */
};

enum http1_form {
	HTTP1_ORIGIN,	/* /path?query */
	HTTP1_ABSOLUTE, /* http://host/path?query */
	HTTP1_ASTERISK	/* OPTIONS * */
};

enum http1_framing {
	HTTP1_NONE,    /* no body, whatever the fields say */
	HTTP1_LENGTH,  /* content_length bytes */
	HTTP1_CHUNKED, /* chunks, then trailers */
	HTTP1_CLOSE    /* an answer that ends when its connection does */
};

/*
 * One head, judged.  Spans are offsets into the caller's buffer, valid as
 * long as that is.
 */
struct http1_head {
	struct http1_span method; /* request only */
	struct http1_span target; /* request only: as it was sent */
	struct http1_span path; /* of target; absolute-form may lack its '/' */
	struct http1_span host; /* valid host[:port]: target's, else Host's */
	struct http1_span reason; /* answer only */
	int64_t content_length;	  /* -1: no Content-Length */
	int16_t host_field;	  /* index of Host, -1: none (1.0 only) */
	uint16_t host_len;	  /* of host without its port */
	uint16_t status;	  /* answer only */
	uint16_t nfields;
	uint8_t minor;	   /* 0 or 1: HTTP/1.minor */
	uint8_t form;	   /* enum http1_form */
	uint8_t framing;   /* enum http1_framing */
	uint8_t keepalive; /* the sender will keep the connection open */
	uint8_t upgrade;   /* 1.1, Upgrade sent and named by Connection */
	uint8_t expect;	   /* 1.1, Expect: 100-continue */
	struct http1_field fields[HTTP1_FIELDS_MAX];
};

/*
 * Read the head at the start of buf.  Both return its length, empty line
 * included; 0 when buf ends before it does; or, at its end or before it, the
 * negated status to answer before closing: for a request -400, -405 (CONNECT),
 * -414, -417, -431, -501 or -505, for an answer always -502.  The verdict on a
 * prefix is 0 or that on the whole.  Only a positive result means that *head
 * may be read.  head_request says that HEAD was asked.
 */
ssize_t http1_request(struct http1_head *, const char *, size_t);
ssize_t
http1_response(struct http1_head *, const char *, size_t, int head_request);

/*
 * A buffer of len bytes whose first seen ones gave 0: say whether it is worth
 * judging again.  Keeps a sender of single bytes from costing us much.
 */
int http1_grew(const char *, size_t seen, size_t len);

/* Index of the first field from number from on called name, or -1. */
int http1_find(const struct http1_head *, const char *buf, const char *name,
    int from);

int http1_is_token(const char *, size_t);

/* Say whether this is host[:port], and how long host is. */
int http1_is_host(const char *, size_t, uint16_t *host_len);

/* Say whether len bytes are str (lower case) but for the case of letters. */
int http1_eq(const char *, size_t len, const char *str);

/* Say whether two strings of len bytes differ in the case of letters only. */
int http1_same(const char *, const char *, size_t len);

/* What is left of a comma-separated value. */
struct http1_list {
	const char *p;
	const char *end;
};

/*
 * Take the next member off a list, white space around it removed, empty ones
 * skipped, commas in quoted strings left alone.  Returns 1, or 0 at the end.
 */
int http1_list_next(struct http1_list *, const char **, size_t *);

#endif /* CID_HTTP1_H */
