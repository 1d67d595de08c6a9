/*
 * The form in which the API gets its requests: nothing its HTTP library
 * could read in another way than we do.  No I/O.
 */

#include <string.h>

#include "canon.h"
#include "http1.h"

#define BODY_MAX 1048576U
#define WEBHOOK_MAX 26214400U /* 25 MiB */

static int
starts(const char *s, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(s, with, n) == 0;
}

/* Say whether a path is where forges go, who need no key. */
int
canon_is_webhook(const char *path, size_t len)
{
	return starts(path, len, "/webhook") &&
	    (len == 8 || path[8] == '/' || path[8] == '?');
}

/* The largest body that a path takes: webhooks carry whole pushes. */
uint64_t
canon_body_max(const char *path, size_t len)
{
	return canon_is_webhook(path, len) ? WEBHOOK_MAX : BODY_MAX;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Say whether a segment is "." or "..". */
static int
is_dots(const char *s, size_t len)
{
	return (len == 1 || len == 2) && memcmp(s, "..", len) == 0;
}

/* Say whether the two digits after a % stand for an octet that may be. */
static int
is_harmless(const char *s, size_t len)
{
	int c, high, low;

	if (len < 2 || (high = hex(s[0])) == -1 || (low = hex(s[1])) == -1)
		return 0;
	c = high * 16 + low;
	return c != '\0' && c != '/' && c != '\\' && c != '.';
}

/*
 * Say whether each segment of a path means itself: not empty but for the
 * last, no dots, nothing percent-encoded that would end it or a string.
 */
static int
is_plain(const char *path, size_t len)
{
	size_t i, start = 1;

	if (len == 0 || path[0] != '/')
		return 0;
	for (i = 1; i <= len; i++) {
		if (i == len || path[i] == '/') {
			if (is_dots(path + start, i - start) ||
			    (i < len && i == start))
				return 0;
			start = i + 1;
		} else if (path[i] == '%') {
			if (!is_harmless(path + i + 1, len - i - 1))
				return 0;
		} else if (path[i] == '\\') {
			return 0;
		}
	}
	return 1;
}

/*
 * Say whether a request may go to the API.  host is the only one served, or
 * "" for any.  Returns 0 or the status to answer with.
 */
int
canon_check(const struct http1_head *h, const char *buf, const char *host)
{
	const char *path = buf + h->path.off, *query;
	size_t len = h->path.len;

	if (host[0] != '\0' && !http1_eq(buf + h->host.off, h->host_len, host))
		return 421;
	if (h->form == HTTP1_ASTERISK)
		return 204;
	if (h->target.len > CANON_TARGET_MAX)
		return 414;
	if (len != 0 && path[0] == '/') {
		query = memchr(path, '?', len);
		if (query != NULL)
			len = (size_t)(query - path);
		if (!is_plain(path, len))
			return 400;
	}
	if (h->framing == HTTP1_CHUNKED)
		return 411;
	if (h->framing == HTTP1_LENGTH &&
	    (uint64_t)h->content_length > canon_body_max(path, h->path.len))
		return 413;
	return 0;
}
