/*
 * What the fields of a head mean together: where the body ends, whether the
 * connection lives on, and which fields concern this connection only.
 */

#include <string.h>

#include "http1.h"
#include "http1_head.h"
#include "http1_scan.h"

/* What was met so far. */
struct tally {
	int hosts;
	int lengths;
	int codings; /* Transfer-Encoding fields */
	int chunked; /* the only coding is chunked */
	int upgrade; /* an Upgrade field */
	int close;   /* what Connection says */
	int keep_alive;
	int switching;
	int expects;
	size_t nnamed; /* fields that Connection names */
	struct http1_span named[HTTP1_CONN_MAX];
};

/* Digits only, and no more than fit. */
static int
read_length(struct http1_head *h, const char *s, size_t len)
{
	int64_t n = 0;
	size_t i;

	if (len == 0)
		return -400;
	for (i = 0; i < len; i++) {
		if (!http1_is(s[i], HTTP1_DIGIT))
			return -400;
		if (n > (INT64_MAX - (s[i] - '0')) / 10)
			return -400;
		n = n * 10 + (s[i] - '0');
	}
	h->content_length = n;
	return HTTP1_OK;
}

/*
 * Only "chunked" by itself is understood.  Other codings that end in chunked
 * are well-formed, and so not implemented; all else is no framing at all.
 */
static int
read_coding(struct tally *t, const char *s, size_t len)
{
	struct http1_list list = { s, s + len };
	const char *item;
	size_t n;
	int last = 0, chunked = 0, all = 0;

	if (t->codings++ != 0)
		return -400;
	if (http1_eq(s, len, "chunked")) {
		t->chunked = 1;
		return HTTP1_OK;
	}
	while (http1_list_next(&list, &item, &n)) {
		last = http1_eq(item, n, "chunked");
		chunked += last;
		all++;
		if (!http1_is_token(item, n))
			return -400;
	}
	return all > 1 && last && chunked == 1 ? -501 : -400;
}

static int
read_connection(struct tally *t, const char *buf, const struct http1_field *f)
{
	struct http1_list list;
	const char *item;
	size_t n;

	list.p = buf + f->value.off;
	list.end = list.p + f->value.len;
	while (http1_list_next(&list, &item, &n)) {
		if (!http1_is_token(item, n))
			return -400;
		if (http1_eq(item, n, "close")) {
			t->close = 1;
		} else if (http1_eq(item, n, "keep-alive")) {
			t->keep_alive = 1;
		} else if (http1_eq(item, n, "upgrade")) {
			t->switching = 1;
		} else {
			if (t->nnamed == HTTP1_CONN_MAX)
				return -400;
			t->named[t->nnamed].off = (uint16_t)(item - buf);
			t->named[t->nnamed++].len = (uint16_t)n;
		}
	}
	return HTTP1_OK;
}

static int
read_host(struct http1_head *h, struct tally *t, const char *buf, int i)
{
	const struct http1_span *v = &h->fields[i].value;
	uint16_t len;

	if (t->hosts++ != 0 || !http1_is_host(buf + v->off, v->len, &len))
		return -400;
	h->host_field = (int16_t)i;
	if (h->form == HTTP1_ABSOLUTE)
		return HTTP1_OK; /* it counts, whatever Host says */
	h->host = *v;
	h->host_len = len;
	return HTTP1_OK;
}

/* Take one field into account. */
static int
read_one(struct http1_head *h, struct tally *t, const char *buf, int i)
{
	struct http1_field *f = &h->fields[i];
	const char *value = buf + f->value.off;

	switch (f->id) {
	case HTTP1_NAME_HOST:
		return h->status == 0 ? read_host(h, t, buf, i) : HTTP1_OK;
	case HTTP1_NAME_CONTENT_LENGTH:
		if (t->lengths++ != 0)
			return -400;
		return read_length(h, value, f->value.len);
	case HTTP1_NAME_TRANSFER_ENCODING:
		f->hop = 1;
		return read_coding(t, value, f->value.len);
	case HTTP1_NAME_CONNECTION:
		f->hop = 1;
		return read_connection(t, buf, f);
	case HTTP1_NAME_UPGRADE:
		f->hop = 1;
		t->upgrade |= f->value.len != 0;
		return HTTP1_OK;
	case HTTP1_NAME_KEEP_ALIVE:
	case HTTP1_NAME_PROXY_CONNECTION:
	case HTTP1_NAME_TE:
		f->hop = 1;
		return HTTP1_OK;
	case HTTP1_NAME_EXPECT:
		if (h->minor == 0 || h->status != 0)
			return HTTP1_OK;
		t->expects = 1;
		return http1_eq(value, f->value.len, "100-continue") ? 0 : -417;
	default:
		return HTTP1_OK;
	}
}

/* Host and framing are not Connection's to take away. */
static int
is_named(const struct http1_field *f, const struct tally *t, const char *buf)
{
	const struct http1_span *s;
	size_t i;

	if (f->id == HTTP1_NAME_HOST || f->id == HTTP1_NAME_CONTENT_LENGTH)
		return 0;
	for (i = 0; i < t->nnamed; i++) {
		s = &t->named[i];
		if (s->len == f->name.len &&
		    http1_same(buf + s->off, buf + f->name.off, s->len))
			return 1;
	}
	return 0;
}

static int
read_all(struct http1_head *h, struct tally *t, const char *buf)
{
	int i, found;

	memset(t, 0, offsetof(struct tally, named));
	for (i = 0; i < h->nfields; i++) {
		if ((found = read_one(h, t, buf, i)) != HTTP1_OK)
			return found;
	}
	for (i = 0; t->nnamed != 0 && i < h->nfields; i++)
		h->fields[i].hop |= (uint8_t)is_named(&h->fields[i], t, buf);
	if (t->codings != 0 && (t->lengths != 0 || h->minor == 0))
		return -400;
	h->keepalive = !t->close && (h->minor == 1 || t->keep_alive);
	h->upgrade = h->minor == 1 && t->upgrade && t->switching;
	h->expect = t->expects != 0;
	return HTTP1_OK;
}

int
http1_judge_request(struct http1_head *h, const char *buf)
{
	struct tally t;
	int found;

	if ((found = read_all(h, &t, buf)) != HTTP1_OK)
		return found;
	if (t.hosts == 0 && h->minor == 1)
		return -400;
	if (t.chunked)
		h->framing = HTTP1_CHUNKED;
	else if (h->content_length > 0)
		h->framing = HTTP1_LENGTH;
	return HTTP1_OK;
}

int
http1_judge_response(struct http1_head *h, const char *buf, int head_request)
{
	struct tally t;
	int bare = h->status < 200 || h->status == 204;

	if (read_all(h, &t, buf) != HTTP1_OK)
		return -502;
	if (bare && (t.chunked || h->content_length > 0))
		return -502;
	if (bare || head_request || h->status == 304 || h->content_length == 0)
		return HTTP1_OK;
	if (t.chunked)
		h->framing = HTTP1_CHUNKED;
	else if (h->content_length > 0)
		h->framing = HTTP1_LENGTH;
	else
		h->framing = HTTP1_CLOSE;
	h->keepalive &= h->framing != HTTP1_CLOSE;
	return HTTP1_OK;
}
