/*
 * From the bytes of an output to lines, whatever the pieces they come in.
 * Pure.
 */

#include <stdlib.h>
#include <string.h>

#include "linebuf.h"
#include "logindex.h"
#include "mask.h"

/* Look ahead when a line is cut, so that no secret is cut in two. */
#define BUF_MAX (LINE_MAX_BYTES + MASK_MOST * 2)

/* Start where an earlier builder left off. */
void
linebuf_skip(struct linebuf *b, uint64_t consumed)
{
	b->consumed = b->skip = consumed;
	b->len = 0;
}

void
linebuf_free(struct linebuf *b)
{
	free(b->buf);
	memset(b, 0, sizeof(*b));
}

/* Where a long line ends for now: not within a secret, nor a character. */
static size_t
cut_at(const struct linebuf *b, const struct linebuf_to *to)
{
	size_t at = mask_cut(to->mask, b->buf, b->len, LINE_MAX_BYTES);
	size_t back;

	for (back = 0; back < 4 && back < at; back++) {
		if (((unsigned char)b->buf[at - back] & 0xc0) != 0x80)
			return at - back;
	}
	return at;
}

/* Hand on pieces until what is left may be one line. */
static void
cut(struct linebuf *b, const struct linebuf_to *to)
{
	size_t n;

	while (b->len > LINE_MAX_BYTES) {
		n = cut_at(b, to);
		b->consumed += n;
		to->line(to->arg, b->buf, n, b->consumed);
		b->len -= n;
		memmove(b->buf, b->buf + n, b->len);
	}
}

static void
end_line(struct linebuf *b, const struct linebuf_to *to)
{
	cut(b, to);
	b->consumed += b->len + 1;
	to->line(to->arg, b->buf, b->len, b->consumed);
	b->len = 0;
}

/* Keep what is not a whole line yet.  Returns 0, or -1: no memory. */
static int
keep(struct linebuf *b, const struct linebuf_to *to, const char *data,
    size_t len)
{
	size_t n;

	if (b->buf == NULL && (b->buf = malloc(BUF_MAX)) == NULL)
		return -1;
	while (len > 0) {
		n = BUF_MAX - b->len < len ? BUF_MAX - b->len : len;
		memcpy(b->buf + b->len, data, n);
		b->len += n;
		data += n;
		len -= n;
		if (b->len == BUF_MAX)
			cut(b, to);
	}
	return 0;
}

/* Take bytes and hand on the lines they end.  Returns 0, or -1: no memory. */
int
linebuf_feed(struct linebuf *b, const struct linebuf_to *to, const char *data,
    size_t len)
{
	const char *nl;
	size_t n;

	n = b->skip < len ? (size_t)b->skip : len;
	b->skip -= n;
	data += n;
	len -= n;
	while (len > 0 && (nl = memchr(data, '\n', len)) != NULL) {
		n = (size_t)(nl - data);
		if (b->len == 0 && n <= LINE_MAX_BYTES) {
			b->consumed += n + 1;
			to->line(to->arg, data, n, b->consumed);
		} else {
			if (keep(b, to, data, n) == -1)
				return -1;
			end_line(b, to);
		}
		data += n + 1;
		len -= n + 1;
	}
	return len > 0 ? keep(b, to, data, len) : 0;
}

/*
 * The output is over: what is left is a line too.  The engine's own log has
 * a newline there, so it counts as consumed.
 */
void
linebuf_end(struct linebuf *b, const struct linebuf_to *to)
{
	if (b->len > 0)
		end_line(b, to);
}
