/*
 * Numbers as people write them.  Pure.
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "words.h"

/* A whole number and at most one letter of units. */
static int
read_number(const char *s, const char *units, const int64_t *factors,
    int64_t *n)
{
	const char *unit;
	char *end;

	if (s[0] < '0' || s[0] > '9')
		return -1;
	errno = 0;
	*n = strtoimax(s, &end, 10);
	if (errno != 0)
		return -1;
	if (*end == '\0')
		return 0;
	if (end[1] != '\0' || (unit = strchr(units, *end)) == NULL)
		return -1;
	return __builtin_mul_overflow(*n, factors[unit - units], n) ? -1 : 0;
}

/* Bytes: "512m".  Returns 0, or -1 with *why to follow the key's name. */
int
words_size(const char *s, int64_t *n, const char **why)
{
	static const int64_t factors[] = { 1024, 1048576, 1073741824, 1024,
		1048576, 1073741824 };

	*why = "must be bytes, or like \"512m\" or \"2g\"";
	return read_number(s, "kmgKMG", factors, n);
}

/* Seconds: "30m". */
int
words_duration(const char *s, int64_t *n, const char **why)
{
	static const int64_t factors[] = { 1, 60, 3600, 86400 };

	*why = "must be seconds, or like \"90s\", \"30m\" or \"2h\"";
	return read_number(s, "smhd", factors, n);
}
