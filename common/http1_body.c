/*
 * Follows a body through the buffers it arrives in, to its last byte and no
 * further.  Only chunk lines and trailers are looked at byte by byte.
 */

#include <string.h>

#include "http1.h"
#include "http1_body.h"
#include "http1_scan.h"

enum body_state {
	BODY_DATA,
	BODY_SIZE,     /* before the first digit */
	BODY_DIGITS,   /* after it */
	BODY_SPACE,    /* white space before an extension */
	BODY_EXT,      /* in extensions */
	BODY_SIZE_LF,  /* the size line ends */
	BODY_DATA_CR,  /* the chunk is over */
	BODY_DATA_LF,  /* and its line ends */
	BODY_TRAILER,  /* at the start of a trailer, or of the last line */
	BODY_NAME,     /* in a trailer's name */
	BODY_VALUE,    /* in its value */
	BODY_VALUE_LF, /* it ends */
	BODY_LAST_LF   /* the body ends */
};

/* The body that follows a head that http1_request or http1_response passed. */
void
http1_body_init(struct http1_body *b, const struct http1_head *h)
{
	memset(b, 0, sizeof(*b));
	b->framing = h->framing;
	switch (h->framing) {
	case HTTP1_LENGTH:
		b->left = h->content_length;
		break;
	case HTTP1_CHUNKED:
		b->state = BODY_SIZE;
		break;
	case HTTP1_CLOSE:
		b->left = INT64_MAX;
		break;
	default:
		b->done = 1;
	}
}

static int
next_state(struct http1_body *b, enum body_state state)
{
	b->state = (uint8_t)state;
	return 0;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
add_digit(struct http1_body *b, int digit)
{
	if (digit == -1 || b->left > INT64_MAX >> 4)
		return -1;
	b->left = b->left << 4 | digit;
	return next_state(b, BODY_DIGITS);
}

/* The octet after the digits or extensions of a size line. */
static int
size_end(struct http1_body *b, char c)
{
	if (c == '\r')
		return b->state == BODY_SPACE ? -1
					      : next_state(b, BODY_SIZE_LF);
	if (c == ';')
		return next_state(b, BODY_EXT);
	if (c == ' ' || c == '\t')
		return next_state(b, BODY_SPACE);
	return -1;
}

static int
read_size(struct http1_body *b, char c)
{
	if (++b->line > HTTP1_CHUNK_LINE_MAX)
		return -1;
	switch (b->state) {
	case BODY_SIZE:
		return add_digit(b, hex(c));
	case BODY_DIGITS:
		return hex(c) != -1 ? add_digit(b, hex(c)) : size_end(b, c);
	case BODY_SPACE:
		return size_end(b, c);
	case BODY_EXT:
		if (++b->ext > HTTP1_CHUNK_EXT_MAX)
			return -1;
		if (c == '\r')
			return next_state(b, BODY_SIZE_LF);
		return http1_is(c, HTTP1_TEXT) ? 0 : -1;
	default: /* BODY_SIZE_LF */
		b->line = 0;
		if (c != '\n')
			return -1;
		return next_state(b, b->left != 0 ? BODY_DATA : BODY_TRAILER);
	}
}

static int
read_trailer(struct http1_body *b, char c)
{
	if (++b->line > HTTP1_TRAILER_MAX)
		return -1;
	switch (b->state) {
	case BODY_TRAILER:
		if (c == '\r')
			return next_state(b, BODY_LAST_LF);
		if (!http1_is(c, HTTP1_TCHAR))
			return -1;
		return next_state(b, BODY_NAME);
	case BODY_NAME:
		if (c == ':')
			return next_state(b, BODY_VALUE);
		return http1_is(c, HTTP1_TCHAR) ? 0 : -1;
	case BODY_VALUE:
		if (c == '\r')
			return next_state(b, BODY_VALUE_LF);
		return http1_is(c, HTTP1_TEXT) ? 0 : -1;
	case BODY_VALUE_LF:
		return c == '\n' ? next_state(b, BODY_TRAILER) : -1;
	default: /* BODY_LAST_LF */
		b->done = 1;
		return c == '\n' ? 0 : -1;
	}
}

/* An octet that is not payload. */
static int
read_frame(struct http1_body *b, char c)
{
	switch (b->state) {
	case BODY_DATA_CR:
		return c == '\r' ? next_state(b, BODY_DATA_LF) : -1;
	case BODY_DATA_LF:
		return c == '\n' ? next_state(b, BODY_SIZE) : -1;
	default:
		return b->state < BODY_DATA_CR ? read_size(b, c)
					       : read_trailer(b, c);
	}
}

/* Take the payload at the start of a buffer. */
static size_t
read_data(struct http1_body *b, size_t len)
{
	if (b->framing == HTTP1_CLOSE)
		return len;
	if ((uint64_t)b->left > len) {
		b->left -= (int64_t)len;
		return len;
	}
	len = (size_t)b->left;
	b->left = 0;
	if (b->framing == HTTP1_CHUNKED)
		b->state = BODY_DATA_CR;
	else
		b->done = 1;
	return len;
}

/*
 * Walk on over bytes that follow the head, but stop after one piece of
 * payload and point *data to its *dlen bytes (0: none in what was read).
 * Returns how many bytes were read, or -1 when chunks or trailers are
 * malformed or out of bounds.
 */
ssize_t
http1_body_step(struct http1_body *b, const char *buf, size_t len,
    const char **data, size_t *dlen)
{
	size_t n = 0;

	*dlen = 0;
	while (n < len && !b->done) {
		if (b->state == BODY_DATA) {
			*data = buf + n;
			*dlen = read_data(b, len - n);
			return (ssize_t)(n + *dlen);
		}
		if (read_frame(b, buf[n++]) == -1)
			return -1;
	}
	return (ssize_t)n;
}

/* The same to the end of the message or of the buffer. */
ssize_t
http1_body_walk(struct http1_body *b, const char *buf, size_t len)
{
	const char *data;
	size_t n = 0, dlen;
	ssize_t step;

	while (n < len && !b->done) {
		step = http1_body_step(b, buf + n, len - n, &data, &dlen);
		if (step == -1)
			return -1;
		n += (size_t)step;
	}
	return (ssize_t)n;
}

/* The sender closed: returns 0 if the body may end here, -1 if it is cut. */
int
http1_body_eof(const struct http1_body *b)
{
	return b->done || b->framing == HTTP1_CLOSE ? 0 : -1;
}
