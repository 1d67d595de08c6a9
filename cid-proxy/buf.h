#ifndef CID_BUF_H
#define CID_BUF_H

#include <stddef.h>

/* Bytes that wait; holds no memory while there are none. */
struct buf {
	char *p;
	size_t off; /* of the first byte that waits */
	size_t len;
	size_t cap;
};

int buf_add(struct buf *, const char *, size_t);
void buf_drop(struct buf *, size_t);
void buf_clear(struct buf *);
const char *buf_data(const struct buf *);

#endif /* CID_BUF_H */
