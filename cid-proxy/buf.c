/*
 * Bytes that a connection holds back, for want of the rest or of room.
 */

#include <stdlib.h>
#include <string.h>

#include "buf.h"

/* Append.  Returns 0, or -1 with errno set and nothing changed. */
int
buf_add(struct buf *b, const char *s, size_t len)
{
	size_t cap = b->cap;
	char *p;

	if (len == 0)
		return 0;
	if (b->off + b->len + len > cap) {
		if (b->len + len > cap)
			cap = b->len * 2 + len;
		if ((p = malloc(cap)) == NULL)
			return -1;
		if (b->len != 0)
			memcpy(p, b->p + b->off, b->len);
		free(b->p);
		b->p = p;
		b->off = 0;
		b->cap = cap;
	}
	memcpy(b->p + b->off + b->len, s, len);
	b->len += len;
	return 0;
}

/* Forget the first len bytes. */
void
buf_drop(struct buf *b, size_t len)
{
	b->off += len;
	b->len -= len;
	if (b->len == 0)
		buf_clear(b);
}

void
buf_clear(struct buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

const char *
buf_data(const struct buf *b)
{
	return b->p + b->off;
}
