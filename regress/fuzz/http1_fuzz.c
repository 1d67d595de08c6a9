/*
 * Reads what libFuzzer makes as a request and as an answer with their bodies,
 * and checks what callers build on: the verdict does not depend on where the
 * bytes were cut, spans lie inside the head, payload inside the body.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http1.h"
#include "http1_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct http1_head head, part;

static void
must(int holds)
{
	if (!holds)
		abort();
}

static ssize_t
read_head(struct http1_head *h, const char *buf, size_t len, int kind)
{
	if (kind == 0)
		return http1_request(h, buf, len);
	return http1_response(h, buf, len, kind == 2);
}

/* The first len bytes from memory that ends where they do. */
static ssize_t
read_part(const char *buf, size_t len, int kind)
{
	char *copy = malloc(len ? len : 1);
	ssize_t n;

	must(copy != NULL);
	memcpy(copy, buf, len);
	n = read_head(&part, copy, len, kind);
	free(copy);
	return n;
}

static void
check_span(struct http1_span s, ssize_t end)
{
	must((ssize_t)s.off + s.len <= end);
}

static void
check_field(const char *buf, const struct http1_field *f, ssize_t end)
{
	const char *name = buf + f->name.off;
	const char *value = buf + f->value.off;

	check_span(f->name, end);
	check_span(f->value, end);
	must(http1_is_token(name, f->name.len));
	must(name[f->name.len] == ':');
	must(memchr(value, '\r', f->value.len) == NULL);
	must(memchr(value, '\n', f->value.len) == NULL);
	must(memchr(value, '\0', f->value.len) == NULL);
	must(http1_name(name, f->name.len) == f->id);
}

static void
check_head(const char *buf, ssize_t end, int kind)
{
	uint16_t len;
	int i;

	must(end >= 4 && memcmp(buf + end - 4, "\r\n\r\n", 4) == 0);
	must(end <= HTTP1_HEAD_MAX && head.nfields <= HTTP1_FIELDS_MAX);
	check_span(head.method, end);
	check_span(head.target, end);
	check_span(head.path, end);
	check_span(head.host, end);
	check_span(head.reason, end);
	for (i = 0; i < head.nfields; i++)
		check_field(buf, &head.fields[i], end);
	must(head.framing != HTTP1_LENGTH || head.content_length > 0);
	must(head.framing != HTTP1_CHUNKED || head.content_length == -1);
	if (kind != 0)
		return;
	must(head.framing != HTTP1_CLOSE);
	must(head.minor == 0 || head.host_field != -1);
	must(head.host.len == 0 ||
	    http1_is_host(buf + head.host.off, head.host.len, &len));
}

/* Walk over the body in pieces of step bytes. */
static ssize_t
walk(struct http1_body *b, const char *buf, size_t len, size_t step)
{
	const char *data;
	size_t n = 0, left, dlen;
	ssize_t got;

	http1_body_init(b, &head);
	while (n < len && !b->done) {
		left = len - n < step ? len - n : step;
		got = http1_body_step(b, buf + n, left, &data, &dlen);
		if (got == -1)
			return -1;
		must(got > 0 && (size_t)got <= left);
		must(
		    dlen == 0 || (data >= buf + n && data + dlen <= buf + len));
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static void
check_body(const char *buf, size_t len)
{
	struct http1_body whole, cut;
	ssize_t n;

	http1_body_init(&whole, &head);
	n = http1_body_walk(&whole, buf, len);
	must(n <= (ssize_t)len);
	must(walk(&cut, buf, len, 1) == n);
	must(n == -1 || (whole.done == cut.done && whole.left == cut.left));
	must(walk(&cut, buf, len, 7) == n);
}

static void
check(const char *buf, size_t len, int kind)
{
	ssize_t n, got, before = 0;
	size_t i;

	n = read_head(&head, buf, len, kind);
	for (i = 0; i <= len; i++) {
		got = read_part(buf, i, kind);
		must(got == 0 || got == n);
		must(before == 0 || got == before);
		must(n <= 0 || (got == n) == ((ssize_t)i >= n));
		before = got;
	}
	must(before == n);
	if (n <= 0)
		return;
	check_head(buf, n, kind);
	check_body(buf + n, len - (size_t)n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int kind;

	for (kind = 0; kind < 3; kind++)
		check((const char *)data, len, kind);
	return 0;
}
