/*
 * Log lines as JSON.  Any bytes may be in a line, only UTF-8 in the answer.
 * Pure.
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "logjson.h"
#include "utf8.h"

static const char hex[] = "0123456789abcdef";

/* Write one character of the line.  Returns the end. */
static char *
put_char(char *p, const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;

	if (n > 1) {
		memcpy(p, s, n);
		return p + n;
	}
	if (c == '"' || c == '\\') {
		*p++ = '\\';
		*p++ = (char)c;
	} else if (c >= 0x20 && c != 0x7f) {
		*p++ = (char)c;
	} else if (c == '\t') {
		*p++ = '\\';
		*p++ = 't';
	} else {
		p = stpcpy(p, "\\u00");
		*p++ = hex[c >> 4];
		*p++ = hex[c & 15];
	}
	return p;
}

static char *
put_text(char *p, const char *s, size_t len)
{
	uint32_t code;
	size_t n;

	while (len > 0) {
		if ((n = utf8_next(s, len, &code)) == 0) {
			p = stpcpy(p, "\xef\xbf\xbd");
			n = 1;
		} else {
			p = put_char(p, s, n);
		}
		s += n;
		len -= n;
	}
	return p;
}

static const char *
stream_of(const struct line_index *rec)
{
	switch (rec->stream) {
	case LINE_STDOUT:
		return "stdout";
	case LINE_STDERR:
		return "stderr";
	default:
		return "cid";
	}
}

static const char *
level_of(const struct line_index *rec)
{
	return rec->stream == LINE_STDERR || rec->stream == LINE_LIMIT ? "warn"
								       : "info";
}

/* Print the time up to the seconds; lines of one second share the work. */
static const char *
second_of(time_t t)
{
	static char text[32];
	static time_t last = -1;
	struct tm tm;

	if (t != last && gmtime_r(&t, &tm) != NULL) {
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		last = t;
	}
	return text;
}

/* number counts from 1.  Returns the length; out ends with a NUL. */
size_t
logjson_line(const struct logjson *ids, const struct line_index *rec,
    uint64_t number, const char *text, size_t len, char out[LOGJSON_MAX])
{
	char *p = out;
	int n;

	if (len > LINE_MAX_BYTES)
		len = LINE_MAX_BYTES;
	n = snprintf(p, 384,
	    "{\"type\":\"log\",\"build_id\":%lld,\"project_id\":%lld,"
	    "\"line_number\":%llu,\"stream\":\"%s\",\"level\":\"%s\","
	    "\"timestamp\":\"%s.%03dZ\",\"line\":\"",
	    (long long)ids->build_id, (long long)ids->project_id,
	    (unsigned long long)number, stream_of(rec), level_of(rec),
	    second_of((time_t)rec->time_s), (int)(rec->time_ms % 1000));
	p = put_text(p + n, text, len);
	p = stpcpy(p, "\"}");
	return (size_t)(p - out);
}
