/*
 * A request as its handler sees it.
 */

#include <sys/random.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <event2/buffer.h>
#include <evhtp.h>

#include "hex.h"
#include "log.h"
#include "request_state.h"
#include "rest.h"
#include "stream.h"

static int
is_plain_id(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return n > 0 && s[n] == '\0' && n < REQUEST_ID_MAX;
}

/* The one in front may have named it already. */
static void
set_id(struct request *r)
{
	const char *given = request_header(r, "X-Request-Id");
	uint8_t raw[12];

	if (given != NULL && is_plain_id(given)) {
		strlcpy(r->id, given, sizeof(r->id));
		return;
	}
	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		fatal("getrandom");
	hex_encode(r->id, raw, sizeof(raw));
}

/* NULL when out of memory. */
struct request *
request_new(struct evhtp_request *evr, enum listener_kind listener)
{
	struct request *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return NULL;
	if ((r->body = evbuffer_new()) == NULL) {
		free(r);
		return NULL;
	}
	r->evr = evr;
	r->listener = listener;
	set_id(r);
	return r;
}

static void
free_pairs(struct request_pair *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(p[i].name);
		free(p[i].value);
	}
}

void
request_free(struct request *r)
{
	if (r->answer_stream != NULL)
		stream_drop(r->answer_stream);
	free_pairs(r->params, r->params_len);
	free_pairs(r->query, r->query_len);
	if (r->project != NULL)
		db_project_free(r->project);
	free(r->project);
	if (r->build != NULL)
		db_build_free(r->build);
	free(r->build);
	if (r->delivery != NULL)
		db_delivery_free(r->delivery);
	free(r->delivery);
	if (r->input != NULL)
		rest_free_input(r);
	free(r->once_key);
	evbuffer_free(r->body);
	free(r);
}

/*
 * Undo the percent signs of a piece of the URI; in a query a plus is a
 * space.  NULL when it is not well-formed, holds a NUL or memory is short.
 */
static char *
decode(const char *s, size_t len, int is_query)
{
	uint8_t byte;
	char *out;
	size_t i, n = 0;

	if ((out = malloc(len + 1)) == NULL)
		return NULL;
	for (i = 0; i < len; i++) {
		if (s[i] == '%') {
			if (len - i < 3 ||
			    hex_decode(&byte, 1, s + i + 1) == -1 ||
			    byte == 0) {
				free(out);
				return NULL;
			}
			out[n++] = (char)byte;
			i += 2;
		} else {
			out[n++] = (char)(is_query && s[i] == '+' ? ' ' : s[i]);
		}
	}
	out[n] = '\0';
	return out;
}

static int
add_query(struct request *r, const char *s, size_t len)
{
	const char *eq = memchr(s, '=', len);
	size_t name_len = eq == NULL ? len : (size_t)(eq - s);
	struct request_pair *p;

	if (r->query_len == REQUEST_QUERY_MAX)
		return -1;
	p = &r->query[r->query_len++];
	p->name = decode(s, name_len, 1);
	p->value =
	    eq == NULL ? strdup("") : decode(eq + 1, len - name_len - 1, 1);
	return p->name == NULL || p->value == NULL ? -1 : 0;
}

/* Take the query apart.  -1 when it is not one. */
int
request_set_query(struct request *r, const char *raw)
{
	size_t len;

	while (*raw != '\0') {
		len = strcspn(raw, "&");
		if (len > 0 && add_query(r, raw, len) == -1)
			return -1;
		raw += len;
		if (*raw == '&')
			raw++;
	}
	return 0;
}

int
request_set_params(struct request *r, const struct route_match *m)
{
	struct request_pair *p;
	size_t i;

	for (i = 0; i < m->params_len; i++) {
		p = &r->params[r->params_len++];
		p->name = strndup(m->params[i].name, m->params[i].name_len);
		p->value =
		    decode(m->params[i].value, m->params[i].value_len, 0);
		if (p->name == NULL || p->value == NULL)
			return -1;
	}
	return 0;
}

static const char *
find_pair(const struct request_pair *p, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(p[i].name, name) == 0)
			return p[i].value;
	}
	return NULL;
}

const char *
request_query(const struct request *r, const char *name)
{
	return find_pair(r->query, r->query_len, name);
}

const char *
request_param(const struct request *r, const char *name)
{
	return find_pair(r->params, r->params_len, name);
}

const char *
request_path(const struct request *r)
{
	const struct evhtp_request *evr = r->evr;

	return evr != NULL && evr->uri != NULL && evr->uri->path != NULL
	    ? evr->uri->path->full
	    : NULL;
}

const char *
request_header(const struct request *r, const char *name)
{
	return r->evr == NULL ? NULL
			      : evhtp_header_find(r->evr->headers_in, name);
}

struct visit {
	int (*f)(const char *, const char *, void *);
	void *arg;
};

static int
visit_header(evhtp_header_t *h, void *arg)
{
	struct visit *v = arg;

	return v->f(h->key, h->val, v->arg);
}

/* Until f returns non-zero, which is returned. */
int
request_each_header(const struct request *r,
    int (*f)(const char *, const char *, void *), void *arg)
{
	struct visit v = { f, arg };

	return r->evr == NULL
	    ? 0
	    : evhtp_headers_for_each(r->evr->headers_in, visit_header, &v);
}

/* Content-Length, 0 without a body. */
int64_t
request_length(const struct request *r)
{
	const char *err, *s = request_header(r, "Content-Length");
	int64_t n;

	if (s == NULL)
		return 0;
	n = strtonum(s, 0, INT64_MAX, &err);
	return err == NULL ? n : INT64_MAX;
}

int
request_is_head(const struct request *r)
{
	return r->evr != NULL && r->evr->method == htp_method_HEAD;
}

const struct actor *
request_actor(const struct request *r)
{
	return &r->actor;
}

const char *
request_id(const struct request *r)
{
	return r->id;
}

void *
request_data(const struct request *r)
{
	return r->data;
}

void
request_set_data(struct request *r, void *data)
{
	r->data = data;
}

int
request_is_answered(const struct request *r)
{
	return r->is_answered;
}

/* Of the answer. */
void
request_add_header(struct request *r, const char *name, const char *value)
{
	evhtp_header_t *h;

	if (r->evr == NULL)
		return;
	if ((h = evhtp_header_new(name, value, 1, 1)) != NULL)
		evhtp_headers_add_header(r->evr->headers_out, h);
}
