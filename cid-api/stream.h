#ifndef CID_STREAM_H
#define CID_STREAM_H

#include <stddef.h>
#include <stdint.h>

struct bufferevent;
struct evbuffer;
struct request;
struct stream;

#define STREAM_ROOM 65536 /* bytes that wait for a slow reader, at most */

enum stream_fill {
	STREAM_MORE, /* something was added, and there may be more */
	STREAM_WAIT, /* nothing now; stream_wake() follows */
	STREAM_END,  /* that was all */
	STREAM_CUT   /* it can't go on: the client must not take it as whole */
};

/*
 * An answer that is made while it is read.  fill is asked whenever there is
 * room; it adds what fits into room bytes, or a little more.  beat is asked
 * after a while of silence (NULL: never).  gone is called once, last.
 */
struct stream_ops {
	enum stream_fill (*fill)(void *arg, struct evbuffer *, size_t room);
	void (*beat)(void *arg, struct evbuffer *);
	void (*gone)(void *arg);
};

/*
 * Answer a request by a stream; length -1: not known, it goes in chunks.
 * arg belongs to the stream in any case.  Returns NULL when out of memory,
 * with gone called and the request refused.
 */
struct stream *stream_answer(struct request *, int status, const char *type,
    int64_t length, const struct stream_ops *, void *arg);
void stream_wake(struct stream *);

int64_t stream_length(const struct stream *);

/* For http.c: begin on a connection that is the stream's from now on, or
 * drop one that never began. */
void stream_begin(struct stream *, struct bufferevent *);
void stream_drop(struct stream *);

/* Write what is queued, then close, dropping what the client still sends. */
void stream_linger(struct bufferevent *);

#endif /* CID_STREAM_H */
