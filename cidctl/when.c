/*
 * Times and durations for people.  Pure.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "when.h"

/* Read the RFC 3339 that cid writes, in UTC.  Returns 0 or -1. */
int
when_parse(const char *s, time_t *t)
{
	struct tm tm;
	const char *end;

	memset(&tm, 0, sizeof(tm));
	if ((end = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm)) == NULL ||
	    (*end != '.' && *end != 'Z'))
		return -1;
	*t = timegm(&tm);
	return 0;
}

/* "850 ms", "12.3 s", "4m 05s", "3h 20m", "2d 4h"; "" when negative. */
const char *
when_lasts(int64_t ms, char buf[WHEN_MAX])
{
	int64_t s = ms / 1000;

	if (ms < 0)
		buf[0] = '\0';
	else if (ms < 1000)
		snprintf(buf, WHEN_MAX, "%" PRId64 " ms", ms);
	else if (s < 60)
		snprintf(buf, WHEN_MAX, "%" PRId64 ".%" PRId64 " s", s,
		    ms % 1000 / 100);
	else if (s < 3600)
		snprintf(buf, WHEN_MAX, "%" PRId64 "m %02" PRId64 "s", s / 60,
		    s % 60);
	else if (s < 86400)
		snprintf(buf, WHEN_MAX, "%" PRId64 "h %02" PRId64 "m", s / 3600,
		    s % 3600 / 60);
	else
		snprintf(buf, WHEN_MAX, "%" PRId64 "d %" PRId64 "h", s / 86400,
		    s % 86400 / 3600);
	return buf;
}

/* One unit is enough for what lies far away. */
static const char *
roughly(int64_t s, char buf[WHEN_MAX])
{
	if (s < 0)
		s = 0;
	if (s < 60)
		snprintf(buf, WHEN_MAX, "%" PRId64 "s", s);
	else if (s < 3600)
		snprintf(buf, WHEN_MAX, "%" PRId64 "m", s / 60);
	else if (s < (int64_t)2 * 86400)
		snprintf(buf, WHEN_MAX, "%" PRId64 "h", s / 3600);
	else
		snprintf(buf, WHEN_MAX, "%" PRId64 "d", s / 86400);
	return buf;
}

/* "3m ago"; "" when it is no time. */
const char *
when_ago(const char *rfc3339, time_t now, char buf[WHEN_MAX])
{
	time_t t;

	buf[0] = '\0';
	if (when_parse(rfc3339, &t) == 0) {
		roughly(now - t, buf);
		strncat(buf, " ago", WHEN_MAX - strlen(buf) - 1);
	}
	return buf;
}

/* "47h": how long until then; "" when it is no time. */
const char *
when_until(const char *rfc3339, time_t now, char buf[WHEN_MAX])
{
	time_t t;

	buf[0] = '\0';
	if (when_parse(rfc3339, &t) == 0)
		roughly(t - now, buf);
	return buf;
}
