/*
 * Rewrites the head of an answer for the visitor.  No I/O.
 */

#include "reply.h"
#include "fields.h"
#include "http1.h"
#include "text.h"

static enum fields_fate
fate(const void *arg, int i)
{
	const struct reply *r = arg;
	const struct http1_field *fd = &r->head->fields[i];

	if (fd->hop)
		return FIELDS_DROP;
	switch (fd->id) {
	case HTTP1_NAME_CONTENT_LENGTH:
		return FIELDS_DROP;
	case HTTP1_NAME_SET_COOKIE:
		return r->from_project ? FIELDS_EDIT : FIELDS_KEEP;
	case HTTP1_NAME_CLEAR_SITE_DATA:
	case HTTP1_NAME_SERVICE_WORKER_ALLOWED:
		return r->cookies.prefix[0] ? FIELDS_DROP : FIELDS_KEEP;
	default:
		return FIELDS_KEEP;
	}
}

static void
put_cookie(struct text *t, const void *arg, int i)
{
	const struct reply *r = arg;
	const struct http1_span *v = &r->head->fields[i].value;
	char *undo = t->p;

	text_str(t, "Set-Cookie: ");
	if (cookie_answer(t, r->buf + v->off, v->len, &r->cookies))
		text_str(t, "\r\n");
	else
		t->p = undo;
}

static void
put_fields(struct text *t, const struct reply *r)
{
	struct fields fields = { r->head, r->buf, r->head_len, fate, put_cookie,
		r };

	fields_write(t, &fields);
}

static void
put_upgrade(struct text *t, const struct reply *r)
{
	int i = http1_find(r->head, r->buf, "upgrade", 0);

	text_str(t, "Connection: Upgrade\r\n");
	if (i == -1)
		return;
	text_str(t, "Upgrade: ");
	text_span(t, r->buf, r->head->fields[i].value);
	text_str(t, "\r\n");
}

static void
put_framing(struct text *t, const struct reply *r)
{
	const struct http1_head *h = r->head;

	if (h->framing == HTTP1_CHUNKED && r->minor == 1) {
		text_str(t, "Transfer-Encoding: chunked\r\n");
	} else if (h->content_length >= 0 && h->status != 204) {
		text_str(t, "Content-Length: ");
		text_num(t, (uint64_t)h->content_length);
		text_str(t, "\r\n");
	}
	if (!r->keepalive)
		text_str(t, "Connection: close\r\n");
	else if (r->minor == 0)
		text_str(t, "Connection: keep-alive\r\n");
}

/* Write the whole head.  The caller checks that it fit. */
void
reply_write(struct text *t, const struct reply *r)
{
	const struct http1_head *h = r->head;

	text_str(t, "HTTP/1.1 ");
	text_num(t, h->status);
	text_put(t, " ", 1);
	text_span(t, r->buf, h->reason);
	text_str(t, "\r\n");
	put_fields(t, r);
	if (h->status == 101)
		put_upgrade(t, r);
	else if (h->status >= 200)
		put_framing(t, r);
	text_str(t, "\r\n");
}
