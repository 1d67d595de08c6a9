/*
 * An engine that is killed may not have logged what it had handed to us
 * already.  Its log then goes on with what came after: bytes that are not
 * those we had at the same place, and must not be skipped as if they were.
 * Pure.
 */

#include <stdlib.h>
#include <string.h>

#include "recall.h"

/* The output is told again, from its start. */
void
recall_again(struct recall *r)
{
	r->pos = 0;
}

void
recall_free(struct recall *r)
{
	free(r->ring);
	memset(r, 0, sizeof(*r));
}

/* The first byte that is still remembered. */
static uint64_t
first(const struct recall *r)
{
	return r->end > RECALL_MAX ? r->end - RECALL_MAX : 0;
}

/* How many bytes at `at`, at most len, lie in one piece; they are at *p. */
static size_t
piece(const struct recall *r, uint64_t at, size_t len, char **p)
{
	size_t i = (size_t)(at % RECALL_MAX);

	*p = r->ring + i;
	return len < RECALL_MAX - i ? len : RECALL_MAX - i;
}

static size_t
count_equal(const char *a, const char *b, size_t len)
{
	size_t i;

	if (memcmp(a, b, len) == 0)
		return len;
	for (i = 0; a[i] == b[i]; i++)
		continue;
	return i;
}

static void
add(struct recall *r, const char *data, size_t len)
{
	size_t n;
	char *p;

	while (len > 0) {
		n = piece(r, r->end, len, &p);
		memcpy(p, data, n);
		r->end += n;
		data += n;
		len -= n;
		r->pos = r->end;
	}
}

/*
 * Compare with what is remembered, from r->pos on, and remember what is new.
 * Returns len, or how many bytes agreed before one that differs.
 */
size_t
recall_take(struct recall *r, const char *data, size_t len)
{
	size_t done = 0, n, same;
	char *p;

	if (r->ring == NULL && (r->ring = malloc(RECALL_MAX)) == NULL)
		return len;
	if (r->pos < first(r)) {
		done =
		    first(r) - r->pos < len ? (size_t)(first(r) - r->pos) : len;
		r->pos += done;
	}
	while (done < len && r->pos < r->end) {
		n = len - done;
		if (r->end - r->pos < n)
			n = (size_t)(r->end - r->pos);
		n = piece(r, r->pos, n, &p);
		same = count_equal(p, data + done, n);
		r->pos += same;
		done += same;
		if (same < n)
			return done;
	}
	add(r, data + done, len - done);
	return len;
}

/*
 * After a difference: forget what the first telling had from there on, and
 * copy the beginning of that line, which both had, at most size bytes.
 * Returns where it begins.
 */
uint64_t
recall_back(struct recall *r, char *buf, size_t size, size_t *len)
{
	uint64_t at = r->pos, i;

	r->end = r->pos;
	while (at > 0 && at > first(r) && r->end - at < size &&
	    r->ring[(at - 1) % RECALL_MAX] != '\n')
		at--;
	*len = (size_t)(r->end - at);
	for (i = at; i < r->end; i++)
		*buf++ = r->ring[i % RECALL_MAX];
	return at;
}
