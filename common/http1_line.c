/*
 * The first line of a head: what is asked for, or how it went.
 */

#include <string.h>

#include "http1.h"
#include "http1_head.h"
#include "http1_scan.h"

static struct http1_span
span(const struct http1_cursor *c, const char *p, const char *end)
{
	struct http1_span s;

	s.off = (uint16_t)(p - c->buf);
	s.len = (uint16_t)(end - p);
	return s;
}

/*
 * Compare what follows with a pattern, in which '#' is a digit, as far as it
 * is there, and step over it.
 */
static int
expect(struct http1_cursor *c, const char *pattern)
{
	const char *p = c->p;

	for (; *pattern != '\0'; pattern++, p++) {
		if (p == c->end)
			return HTTP1_MORE;
		if (*p != *pattern &&
		    (*pattern != '#' || !http1_is(*p, HTTP1_DIGIT)))
			return -400;
	}
	c->p = p;
	return HTTP1_OK;
}

/* Read the version number that ends before p. */
static int
version(struct http1_head *h, const char *p)
{
	if (p[-3] != '1' || (p[-1] != '0' && p[-1] != '1'))
		return -505;
	h->minor = (uint8_t)(p[-1] - '0');
	return HTTP1_OK;
}

static int
read_method(struct http1_head *h, struct http1_cursor *c)
{
	const char *start = c->p, *p;

	p = http1_scan_token(start, c->end);
	if (p - start > HTTP1_METHOD_MAX)
		return -501;
	if (p == c->end)
		return HTTP1_MORE;
	if (p == start || *p != ' ')
		return -400;
	h->method = span(c, start, p);
	if (h->method.len == 7 && memcmp(start, "CONNECT", 7) == 0)
		return -405;
	c->p = p + 1;
	return HTTP1_OK;
}

/* Split http://host[:port][/path][?query] from p to end. */
static int
read_absolute(struct http1_head *h, const struct http1_cursor *c, const char *p,
    const char *end)
{
	const char *host, *path;
	size_t len = (size_t)(end - p);

	if (len > 7 && http1_eq(p, 7, "http://"))
		host = p + 7;
	else if (len > 8 && http1_eq(p, 8, "https://"))
		host = p + 8;
	else
		return -400;
	for (path = host; path < end && *path != '/' && *path != '?'; path++)
		continue;
	if (!http1_is_host(host, (size_t)(path - host), &h->host_len))
		return -400;
	h->form = HTTP1_ABSOLUTE;
	h->host = span(c, host, path);
	h->path = span(c, path, end);
	return HTTP1_OK;
}

static int
read_target(struct http1_head *h, struct http1_cursor *c)
{
	const char *start = c->p, *p;

	p = http1_scan_target(start, c->end);
	if (p == c->end)
		return HTTP1_MORE;
	if (p == start || *p != ' ')
		return -400;
	h->target = h->path = span(c, start, p);
	c->p = p + 1;
	return HTTP1_OK;
}

/* What kind of target it is; an authority is for CONNECT only. */
static int
judge_target(struct http1_head *h, const struct http1_cursor *c)
{
	const char *target = c->buf + h->target.off;

	if (*target == '/')
		return HTTP1_OK;
	if (*target != '*')
		return read_absolute(h, c, target, target + h->target.len);
	if (h->target.len != 1 || h->method.len != 7 ||
	    memcmp(c->buf + h->method.off, "OPTIONS", 7) != 0)
		return -400;
	h->form = HTTP1_ASTERISK;
	return HTTP1_OK;
}

static int
read_request_line(struct http1_head *h, struct http1_cursor *c)
{
	int found;

	if ((found = read_method(h, c)) != HTTP1_OK ||
	    (found = read_target(h, c)) != HTTP1_OK ||
	    (found = expect(c, "HTTP/#.#\r\n")) != HTTP1_OK ||
	    (found = version(h, c->p - 2)) != HTTP1_OK)
		return found;
	return judge_target(h, c);
}

/* Read a request line; one empty line before it is forgiven. */
int
http1_request_line(struct http1_head *h, struct http1_cursor *c)
{
	const char *end = c->end;
	int found, cut;

	if (c->p < end && *c->p == '\r' && (found = expect(c, "\r\n")) != 0)
		return found;
	cut = end - c->p >= HTTP1_LINE_MAX + 2;
	if (cut)
		c->end = c->p + HTTP1_LINE_MAX + 2;
	found = read_request_line(h, c);
	c->end = end;
	return found == HTTP1_MORE && cut ? -414 : found;
}

/* Read a status line; the space before a reason that isn't there may lack. */
int
http1_status_line(struct http1_head *h, struct http1_cursor *c)
{
	const char *p, *start;
	int found;

	if ((found = expect(c, "HTTP/#.# ###")) != HTTP1_OK)
		return found;
	p = c->p;
	if ((found = version(h, p - 4)) != HTTP1_OK)
		return found;
	h->status = (uint16_t)((p[-3] - '0') * 100 + (p[-2] - '0') * 10 +
	    (p[-1] - '0'));
	if (h->status < 100)
		return -400;
	if (p < c->end && *p != ' ' && *p != '\r')
		return -400;
	start = p < c->end && *p == ' ' ? p + 1 : p;
	c->p = http1_scan_text(start, c->end);
	h->reason = span(c, start, c->p);
	return expect(c, "\r\n");
}
