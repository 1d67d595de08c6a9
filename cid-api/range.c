/*
 * Reads a Range header, as RFC 9110 section 14 has it: one range of bytes;
 * anything else is ignored.  Pure.
 */

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "range.h"

#define DIGITS_MAX 18

/* Read a number without sign or blank.  NULL when there is none. */
static const char *
read_number(const char *s, uint64_t *n)
{
	size_t i;

	*n = 0;
	for (i = 0; isdigit((unsigned char)s[i]); i++) {
		if (i == DIGITS_MAX)
			return NULL;
		*n = *n * 10 + (uint64_t)(s[i] - '0');
	}
	return i == 0 ? NULL : s + i;
}

/* The last n bytes. */
static enum range_verdict
suffix(const char *s, uint64_t size, uint64_t *from, uint64_t *to)
{
	uint64_t n;

	if ((s = read_number(s, &n)) == NULL || *s != '\0')
		return RANGE_ALL;
	if (n == 0 || size == 0)
		return RANGE_NONE;
	*from = n > size ? 0 : size - n;
	*to = size - 1;
	return RANGE_PART;
}

enum range_verdict
range_read(const char *header, uint64_t size, uint64_t *from, uint64_t *to)
{
	const char *s;

	if (header == NULL || strncasecmp(header, "bytes=", 6) != 0)
		return RANGE_ALL;
	s = header + 6;
	if (*s == '-')
		return suffix(s + 1, size, from, to);
	if ((s = read_number(s, from)) == NULL || *s++ != '-')
		return RANGE_ALL;
	*to = UINT64_MAX;
	if (*s != '\0' && ((s = read_number(s, to)) == NULL || *s != '\0'))
		return RANGE_ALL;
	if (*to < *from)
		return RANGE_ALL;
	if (*from >= size)
		return RANGE_NONE;
	if (*to >= size)
		*to = size - 1;
	return RANGE_PART;
}
