/*
 * The header fields of a head, as far as any field is like another.
 */

#include "http1.h"
#include "http1_head.h"
#include "http1_scan.h"

static int
is_space(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Step over an end of line.  What can't be in the line ended it, so that
 * anything but CRLF is a fault.
 */
static int
end_line(struct http1_cursor *c, const char *p)
{
	if (p == c->end)
		return HTTP1_MORE;
	if (*p != '\r')
		return -400;
	if (p + 1 == c->end)
		return HTTP1_MORE;
	if (p[1] != '\n')
		return -400;
	c->p = p + 2;
	return HTTP1_OK;
}

/* Read one "name: value".  A space before the name or the colon is a fault. */
static int
read_field(struct http1_field *f, struct http1_cursor *c)
{
	const char *name = c->p, *p, *value;
	int found;

	p = http1_scan_token(name, c->end);
	if (p == c->end)
		return HTTP1_MORE;
	if (p == name || *p != ':')
		return -400;
	f->name.off = (uint16_t)(name - c->buf);
	f->name.len = (uint16_t)(p - name);
	for (value = p + 1; value < c->end && is_space(*value); value++)
		continue;
	p = http1_scan_text(value, c->end);
	if ((found = end_line(c, p)) != HTTP1_OK)
		return found;
	while (p > value && is_space(p[-1]))
		p--;
	f->value.off = (uint16_t)(value - c->buf);
	f->value.len = (uint16_t)(p - value);
	f->id = (uint8_t)http1_name(name, f->name.len);
	f->hop = 0;
	return HTTP1_OK;
}

/* Read all fields and the empty line that ends them. */
int
http1_fields(struct http1_head *h, struct http1_cursor *c)
{
	int found;

	for (;;) {
		if (c->p == c->end)
			return HTTP1_MORE;
		if (*c->p == '\r')
			return end_line(c, c->p);
		if (h->nfields == HTTP1_FIELDS_MAX)
			return -431;
		found = read_field(&h->fields[h->nfields], c);
		if (found != HTTP1_OK)
			return found;
		h->nfields++;
	}
}
