/*
 * Rewrites the head of a request for whoever answers it.  No I/O.
 */

#include <string.h>

#include "cookie.h"
#include "fields.h"
#include "forward.h"
#include "http1.h"
#include "text.h"

#define NAME_MAX_LEN 32 /* longer ones are not in HTTP1_NAMES */

/*
 * Gateway interfaces (CGI, WSGI) turn hyphens into underscores: a name that
 * is one of ours but for that could pass for it.
 */
static int
is_forged(const char *name, size_t len)
{
	char folded[NAME_MAX_LEN];
	size_t i;

	if (len > sizeof(folded) || memchr(name, '_', len) == NULL)
		return 0;
	memcpy(folded, name, len);
	for (i = 0; i < len; i++) {
		if (folded[i] == '_')
			folded[i] = '-';
	}
	return http1_name(folded, len) != HTTP1_NAME_OTHER;
}

/* Say whether a credential is a key to cid's API. */
static int
is_key(const char *value, size_t len)
{
	if (len > 7 && http1_eq(value, 7, "bearer ")) {
		value += 7;
		len -= 7;
		for (; len > 0 && *value == ' '; value++, len--)
			continue;
	}
	return len >= 4 && memcmp(value, "cid_", 4) == 0;
}

static enum fields_fate
fate(const void *arg, int i)
{
	const struct forward *f = arg;
	const struct http1_field *fd = &f->head->fields[i];
	const char *value = f->buf + fd->value.off;
	int drop = 0;

	if (fd->hop)
		return FIELDS_DROP;
	switch (fd->id) {
	case HTTP1_NAME_OTHER:
		drop = is_forged(f->buf + fd->name.off, fd->name.len);
		break;
	case HTTP1_NAME_HOST:
		drop = f->head->form == HTTP1_ABSOLUTE;
		break;
	case HTTP1_NAME_EXPECT:
		drop = !f->head->expect;
		break;
	case HTTP1_NAME_COOKIE:
		return f->to_project ? FIELDS_EDIT : FIELDS_KEEP;
	case HTTP1_NAME_X_API_KEY:
	case HTTP1_NAME_AUTHORIZATION:
		drop = f->to_project && is_key(value, fd->value.len);
		break;
	case HTTP1_NAME_CONTENT_LENGTH:
	case HTTP1_NAME_FORWARDED:
	case HTTP1_NAME_X_FORWARDED_FOR:
	case HTTP1_NAME_X_FORWARDED_HOST:
	case HTTP1_NAME_X_FORWARDED_PORT:
	case HTTP1_NAME_X_FORWARDED_PREFIX:
	case HTTP1_NAME_X_FORWARDED_PROTO:
	case HTTP1_NAME_X_REAL_IP:
	case HTTP1_NAME_X_REQUEST_ID:
		drop = 1;
		break;
	default:
		break;
	}
	return drop ? FIELDS_DROP : FIELDS_KEEP;
}

static void
put_cookie(struct text *t, const void *arg, int i)
{
	const struct forward *f = arg;
	const struct http1_span *v = &f->head->fields[i].value;
	char *undo = t->p;

	text_str(t, "Cookie: ");
	if (cookie_request(t, f->buf + v->off, v->len))
		text_str(t, "\r\n");
	else
		t->p = undo;
}

static void
put_fields(struct text *t, const struct forward *f)
{
	struct fields fields = { f->head, f->buf, f->head_len, fate, put_cookie,
		f };

	fields_write(t, &fields);
}

static void
put_target(struct text *t, const struct forward *f)
{
	const char *path = f->buf + f->head->path.off;
	size_t len = f->head->path.len, n = strlen(f->prefix);

	path += n;
	len -= n;
	if (len == 0 || *path != '/')
		text_put(t, "/", 1);
	text_put(t, path, len);
}

static void
put_host(struct text *t, const struct forward *f)
{
	if (f->head->host_field != -1 && f->head->form != HTTP1_ABSOLUTE)
		return; /* kept where it was */
	text_str(t, "Host: ");
	if (f->head->host.len != 0)
		text_span(t, f->buf, f->head->host);
	else
		text_str(t, f->host);
	text_str(t, "\r\n");
}

static void
put_forwarded(struct text *t, const struct forward *f)
{
	text_str(t, "X-Forwarded-For: ");
	text_str(t, f->client);
	text_str(t, "\r\nX-Real-IP: ");
	text_str(t, f->client);
	text_str(t, "\r\nX-Forwarded-Proto: http\r\n");
	if (f->head->host.len != 0) {
		text_str(t, "X-Forwarded-Host: ");
		text_span(t, f->buf, f->head->host);
		text_str(t, "\r\n");
	}
	if (f->prefix[0] != '\0') {
		text_str(t, "X-Forwarded-Prefix: ");
		text_str(t, f->prefix);
		text_str(t, "\r\n");
	}
	text_str(t, "X-Request-Id: ");
	text_hex(t, f->id);
	text_str(t, "\r\n");
}

static void
put_framing(struct text *t, const struct forward *f)
{
	const struct http1_head *h = f->head;

	if (h->framing == HTTP1_CHUNKED) {
		text_str(t, "Transfer-Encoding: chunked\r\n");
	} else if (h->content_length >= 0) {
		text_str(t, "Content-Length: ");
		text_num(t, (uint64_t)h->content_length);
		text_str(t, "\r\n");
	}
	if (f->upgrade != -1) {
		text_str(t, "Connection: Upgrade\r\nUpgrade: ");
		text_span(t, f->buf, h->fields[f->upgrade].value);
		text_str(t, "\r\n");
	}
}

/*
 * The Upgrade field to pass on, or -1.  Not with a body, which could hide
 * the new protocol's first bytes, and not to HTTP/2, which the upstream
 * would then speak unread.
 */
int
forward_upgrade(const struct http1_head *h, const char *buf)
{
	const struct http1_field *f;
	int i, found = -1;

	if (!h->upgrade || h->framing != HTTP1_NONE)
		return -1;
	for (i = 0; i < h->nfields; i++) {
		f = &h->fields[i];
		if (f->id != HTTP1_NAME_UPGRADE)
			continue;
		if (found != -1 ||
		    memmem(buf + f->value.off, f->value.len, "h2", 2) != NULL ||
		    memmem(buf + f->value.off, f->value.len, "H2", 2) != NULL ||
		    memchr(buf + f->value.off, ',', f->value.len) != NULL)
			return -1;
		found = i;
	}
	return found;
}

/* Write the whole head.  The caller checks that it fit. */
void
forward_write(struct text *t, const struct forward *f)
{
	text_span(t, f->buf, f->head->method);
	text_put(t, " ", 1);
	put_target(t, f);
	text_str(t, " HTTP/1.1\r\n");
	put_host(t, f);
	put_fields(t, f);
	put_forwarded(t, f);
	put_framing(t, f);
	text_str(t, "\r\n");
}
