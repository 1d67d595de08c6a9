/*
 * Reads the head of an HTTP/1.1 request or answer, as strictly as RFC 9112
 * allows.  One pass in the order of the octets, so that what was decided of
 * a part holds for the whole, however it was cut on its way.
 */

#include <string.h>

#include "http1.h"
#include "http1_head.h"

static void
start(struct http1_head *h, struct http1_cursor *c, const char *buf, size_t len)
{
	/* The fields are written before they are counted. */
	memset(h, 0, offsetof(struct http1_head, fields));
	h->content_length = -1;
	h->host_field = -1;
	c->buf = c->p = buf;
	c->end = buf + (len < HTTP1_HEAD_MAX ? len : HTTP1_HEAD_MAX);
}

/* What to return for what a step found. */
static ssize_t
verdict(int found, size_t len)
{
	if (found != HTTP1_MORE)
		return found;
	return len < HTTP1_HEAD_MAX ? 0 : -431;
}

/* The contract of these two is in http1.h. */
ssize_t
http1_request(struct http1_head *h, const char *buf, size_t len)
{
	struct http1_cursor c;
	int found;

	start(h, &c, buf, len);
	if ((found = http1_request_line(h, &c)) != HTTP1_OK ||
	    (found = http1_fields(h, &c)) != HTTP1_OK ||
	    (found = http1_judge_request(h, buf)) != HTTP1_OK)
		return verdict(found, len);
	return c.p - buf;
}

ssize_t
http1_response(struct http1_head *h, const char *buf, size_t len,
    int head_request)
{
	struct http1_cursor c;
	int found;

	start(h, &c, buf, len);
	if ((found = http1_status_line(h, &c)) != HTTP1_OK ||
	    (found = http1_fields(h, &c)) != HTTP1_OK ||
	    (found = http1_judge_response(h, buf, head_request)) != HTTP1_OK)
		return verdict(found, len) == 0 ? 0 : -502;
	return c.p - buf;
}
