#ifndef CID_CONN_H
#define CID_CONN_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "buf.h"

struct event_base;

/*
 * One socket, edge-triggered: its event is added once and never changed.
 * The flags say what is worth trying.
 */
struct conn {
	struct event ev;
	struct buf out; /* accepted, but not sent yet */
	SLIST_ENTRY(conn) dead;
	int fd;		  /* -1: closed */
	uint8_t readable; /* a read may give something */
	uint8_t writable; /* a write may take something */
	uint8_t drained;  /* the last read took all there was */
	uint8_t hup;	  /* the other side said it is done */
	uint8_t eof;	  /* and all it said was read */
	uint8_t shut;	  /* we said so */
};

/* Results of conn_read() besides a number of bytes. */
#define CONN_EOF 0
#define CONN_AGAIN (-1)
#define CONN_ERROR (-2)

int conn_open(struct conn *, struct event_base *, int fd, event_callback_fn,
    void *);
void conn_mark(struct conn *, short);
ssize_t conn_read(struct conn *, char *, size_t);
void conn_settle(struct conn *);
int conn_write(struct conn *, const char *, size_t);
int conn_flush(struct conn *);
int conn_error(const struct conn *);
void conn_shut(struct conn *);
void conn_close(struct conn *);

#endif /* CID_CONN_H */
