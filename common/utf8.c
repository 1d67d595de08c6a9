/*
 * Text that strangers wrote: what of it is UTF-8 and what may be shown.
 */

#include <string.h>

#include "utf8.h"

/* How long the character should be, by its first byte; 0: none begins so. */
static size_t
expected(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if ((first & 0xf0) == 0xe0)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/*
 * Read the character that s begins with.  Returns its bytes with *code, or 0
 * when the first byte is none of UTF-8's or the rest is missing.
 */
size_t
utf8_next(const char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const uint8_t mask[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c;
	size_t i, n;

	if (len == 0 || (n = expected((uint8_t)s[0])) == 0 || n > len)
		return 0;
	c = (uint8_t)s[0] & mask[n];
	for (i = 1; i < n; i++) {
		if (((uint8_t)s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((uint8_t)s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return n;
}

/*
 * Say whether a character only adds to a line: no control, and none of those
 * that turn the direction of the text or are invisible.
 */
int
utf8_is_printable(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return 0;
	if (c >= 0x200b && c <= 0x200f)
		return 0;
	if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f))
		return 0;
	if (c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb))
		return 0;
	if ((c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe007f))
		return 0;
	return 1;
}

/*
 * Copy what may be shown, '?' for each byte or character that may not, whole
 * characters only.  The result ends with a NUL; returns its length.
 */
size_t
utf8_clean(char *to, size_t size, const char *from, size_t len)
{
	uint32_t c;
	size_t i, n, out = 0;

	for (i = 0; i < len && out + 1 < size; i += n) {
		n = utf8_next(from + i, len - i, &c);
		if (n == 0 || !utf8_is_printable(c)) {
			to[out++] = '?';
			n = n == 0 ? 1 : n;
			continue;
		}
		if (out + n >= size)
			break;
		memcpy(to + out, from + i, n);
		out += n;
	}
	if (size > 0)
		to[out] = '\0';
	return out;
}
