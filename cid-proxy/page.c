/*
 * The answers that the front door gives itself.  No I/O.
 */

#include <string.h>

#include "page.h"
#include "text.h"

#define BODY_MAX 512
#define DATE_MAX 32

struct phrase {
	int status;
	const char *reason;
	const char *code;
	const char *sentence;
};

static const struct phrase phrases[] = {
	{ 204, "No Content", "", "" },
	{ 400, "Bad Request", "BAD_REQUEST",
	    "The request is not valid HTTP/1.1." },
	{ 404, "Not Found", "NOT_FOUND", "There is nothing here." },
	{ 405, "Method Not Allowed", "METHOD_NOT_ALLOWED",
	    "This server opens no tunnels for others." },
	{ 408, "Request Timeout", "REQUEST_TIMEOUT",
	    "The request took too long to arrive." },
	{ 411, "Length Required", "LENGTH_REQUIRED",
	    "A body needs a Content-Length here." },
	{ 413, "Content Too Large", "BODY_TOO_LARGE",
	    "The body is larger than allowed." },
	{ 414, "URI Too Long", "URI_TOO_LONG", "The address is too long." },
	{ 417, "Expectation Failed", "EXPECTATION_FAILED",
	    "Only 100-continue can be expected." },
	{ 421, "Misdirected Request", "UNKNOWN_HOST",
	    "This server does not answer for that host." },
	{ 431, "Request Header Fields Too Large", "HEADERS_TOO_LARGE",
	    "The header fields are too many or too large." },
	{ 501, "Not Implemented", "NOT_IMPLEMENTED",
	    "The method or transfer coding is not supported." },
	{ 502, "Bad Gateway", "BAD_GATEWAY",
	    "The application did not give a proper answer." },
	{ 503, "Service Unavailable", "UNAVAILABLE",
	    "Nothing answers here right now. Please try again soon." },
	{ 504, "Gateway Timeout", "TIMED_OUT",
	    "The application took too long to answer." },
	{ 505, "HTTP Version Not Supported", "HTTP_VERSION",
	    "HTTP/1.1 is spoken here." },
};

static const struct phrase *
find(int status)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].status == status)
			return &phrases[i];
	}
	return &phrases[1];
}

static void
put_json(struct text *t, const struct phrase *ph)
{
	text_str(t, "{\"success\":false,\"error\":{\"code\":\"");
	text_str(t, ph->code);
	text_str(t, "\",\"message\":\"");
	text_str(t, ph->sentence);
	text_str(t, "\",\"details\":{}}}\n");
}

static void
put_html(struct text *t, const struct phrase *ph)
{
	text_str(t,
	    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
	    "<title>");
	text_num(t, (uint64_t)ph->status);
	text_str(t, " ");
	text_str(t, ph->reason);
	text_str(t, "</title>\n<h1>");
	text_str(t, ph->reason);
	text_str(t, "</h1>\n<p>");
	text_str(t, ph->sentence);
	text_str(t, "</p></html>\n");
}

static void
put_connection(struct text *t, const struct page *pg)
{
	if (!pg->keepalive)
		text_str(t, "Connection: close\r\n");
	else if (pg->minor == 0)
		text_str(t, "Connection: keep-alive\r\n");
	if (pg->status == 503)
		text_str(t, "Retry-After: 2\r\n");
	text_str(t, "X-Request-Id: ");
	text_hex(t, pg->id);
	text_str(t, "\r\n");
}

static void
put_date(struct text *t, time_t date)
{
	char buf[DATE_MAX];
	struct tm tm;

	if (gmtime_r(&date, &tm) == NULL ||
	    strftime(buf, sizeof(buf), "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
		return;
	text_str(t, "Date: ");
	text_str(t, buf);
	text_str(t, "\r\n");
}

static void
put_body(struct text *t, const struct page *pg, const struct phrase *ph)
{
	char buf[BODY_MAX];
	struct text body;

	text_init(&body, buf, sizeof(buf));
	if (pg->json)
		put_json(&body, ph);
	else
		put_html(&body, ph);
	text_str(t, "Content-Type: ");
	text_str(t, pg->json ? "application/json" : "text/html; charset=utf-8");
	text_str(t,
	    "\r\nX-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: no-store\r\nContent-Length: ");
	text_num(t, text_len(&body));
	text_str(t, "\r\n\r\n");
	if (!pg->head_request)
		text_put(t, buf, text_len(&body));
}

/* Write head and body.  A status that is not in the table gives 400. */
void
page_write(struct text *t, const struct page *pg)
{
	const struct phrase *ph = find(pg->status);

	text_str(t, "HTTP/1.1 ");
	text_num(t, (uint64_t)ph->status);
	text_str(t, " ");
	text_str(t, ph->reason);
	text_str(t, "\r\n");
	put_date(t, pg->date);
	put_connection(t, pg);
	if (ph->status == 204)
		text_str(t, "\r\n");
	else
		put_body(t, pg, ph);
}
