/*
 * Small questions about names, values and lists of HTTP/1.1.
 */

#include <string.h>

#include "http1.h"
#include "http1_scan.h"

#define HOST_LEN_MAX 255
#define PORT_LEN_MAX 5
#define PORT_MAX 65535

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Say whether len bytes are str (lower case) but for the case of letters. */
int
http1_eq(const char *s, size_t len, const char *str)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (str[i] == '\0' || lower(s[i]) != str[i])
			return 0;
	}
	return str[len] == '\0';
}

/* Say whether two strings of len bytes differ in the case of letters only. */
int
http1_same(const char *a, const char *b, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (lower(a[i]) != lower(b[i]))
			return 0;
	}
	return 1;
}

int
http1_is_token(const char *s, size_t len)
{
	return len != 0 && http1_scan_token(s, s + len) == s + len;
}

/* The length of the IPv6 address in brackets that s begins with, or 0. */
static size_t
literal_len(const char *s, size_t len)
{
	size_t i = 1;

	while (i < len && http1_is(s[i], HTTP1_V6))
		i++;
	return i > 2 && i < len && s[i] == ']' ? i + 1 : 0;
}

static size_t
name_len(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && http1_is(s[i], HTTP1_HOST))
		i++;
	return i;
}

static int
is_port(const char *s, size_t len)
{
	unsigned port = 0;
	size_t i;

	if (len > PORT_LEN_MAX)
		return 0;
	for (i = 0; i < len; i++) {
		if (!http1_is(s[i], HTTP1_DIGIT))
			return 0;
		port = port * 10 + (unsigned)(s[i] - '0');
	}
	return port <= PORT_MAX;
}

/*
 * Say whether this is host[:port], and how long host is.  Narrower than RFC
 * 3986: no percent-encoding and no sub-delims, which no name on the net has,
 * and programs disagree about.
 */
int
http1_is_host(const char *s, size_t len, uint16_t *host_len)
{
	size_t n;

	if (len == 0)
		return 0;
	n = s[0] == '[' ? literal_len(s, len) : name_len(s, len);
	if (n == 0 || n > HOST_LEN_MAX)
		return 0;
	*host_len = (uint16_t)n;
	if (n == len)
		return 1;
	return s[n] == ':' && is_port(s + n + 1, len - n - 1);
}

/*
 * A buffer of len bytes whose first seen ones gave 0: say whether it is worth
 * judging again, for it has another end of a line or reaches a limit.
 */
int
http1_grew(const char *buf, size_t seen, size_t len)
{
	const size_t line = HTTP1_LINE_MAX + 4; /* CRLF before and after */

	if (len >= HTTP1_HEAD_MAX || (seen < line && len >= line))
		return 1;
	return len > seen && memchr(buf + seen, '\n', len - seen) != NULL;
}

/* Index of the first field from number from on called name, or -1. */
int
http1_find(const struct http1_head *h, const char *buf, const char *name,
    int from)
{
	const struct http1_field *f;
	int i;

	for (i = from; i < h->nfields; i++) {
		f = &h->fields[i];
		if (http1_eq(buf + f->name.off, f->name.len, name))
			return i;
	}
	return -1;
}

/* The comma or end that ends the member at p. */
static const char *
member_end(const char *p, const char *end)
{
	int quoted = 0;

	for (; p < end && (quoted || *p != ','); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p + 1 < end)
			p++;
	}
	return p;
}

/*
 * Take the next member off a list, white space around it removed, empty ones
 * skipped, commas in quoted strings left alone.  Returns 1, or 0 at the end.
 */
int
http1_list_next(struct http1_list *l, const char **item, size_t *len)
{
	const char *e;

	while (l->p < l->end && (*l->p == ' ' || *l->p == '\t' || *l->p == ','))
		l->p++;
	if (l->p == l->end)
		return 0;
	e = member_end(l->p, l->end);
	*item = l->p;
	l->p = e;
	while (e[-1] == ' ' || e[-1] == '\t')
		e--;
	*len = (size_t)(e - *item);
	return 1;
}
