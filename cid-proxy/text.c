/*
 * Writes text into a buffer that some caller made large enough, and notices
 * when it was not.
 */

#include <string.h>

#include "http1.h"
#include "text.h"

void
text_init(struct text *t, char *buf, size_t size)
{
	t->start = t->p = buf;
	t->end = buf + size;
	t->full = 0;
}

void
text_put(struct text *t, const char *s, size_t len)
{
	if ((size_t)(t->end - t->p) < len) {
		t->full = 1;
		return;
	}
	memcpy(t->p, s, len);
	t->p += len;
}

void
text_str(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

/* A number in decimal. */
void
text_num(struct text *t, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
	} while ((n /= 10) != 0);
	text_put(t, digits + i, sizeof(digits) - i);
}

/* All 16 hex digits of a number. */
void
text_hex(struct text *t, uint64_t n)
{
	char digits[16];
	size_t i;

	for (i = sizeof(digits); i > 0; n >>= 4)
		digits[--i] = "0123456789abcdef"[n & 15];
	text_put(t, digits, sizeof(digits));
}

void
text_span(struct text *t, const char *buf, struct http1_span s)
{
	text_put(t, buf + s.off, s.len);
}

size_t
text_len(const struct text *t)
{
	return (size_t)(t->p - t->start);
}
