/*
 * Splits events and the progress of a pull into JSON documents.  Pure.
 */

#include <stdlib.h>
#include <string.h>

#include "docker_lines.h"
#include "json.h"

static void
take_line(const char *line, size_t len, void (*f)(void *, struct json_object *),
    void *arg)
{
	struct json_object *o;

	if ((o = json_read(line, len)) == NULL)
		return;
	f(arg, o);
	json_free(o);
}

/* Keep the start of a line for later. */
static void
keep(struct docker_lines *l, const char *buf, size_t len)
{
	char *grown;

	if (len == 0 || l->skip)
		return;
	if (len > DOCKER_LINE_MAX - l->len ||
	    (grown = realloc(l->buf, l->len + len)) == NULL) {
		docker_lines_free(l);
		l->skip = 1;
		return;
	}
	l->buf = grown;
	memcpy(l->buf + l->len, buf, len);
	l->len += len;
}

void
docker_lines(struct docker_lines *l, const char *buf, size_t len,
    void (*f)(void *, struct json_object *), void *arg)
{
	const char *nl;
	size_t n;

	while ((nl = memchr(buf, '\n', len)) != NULL) {
		n = (size_t)(nl - buf);
		if (l->len > 0 || l->skip) {
			keep(l, buf, n);
			if (!l->skip)
				take_line(l->buf, l->len, f, arg);
			docker_lines_free(l);
		} else if (n <= DOCKER_LINE_MAX)
			take_line(buf, n, f, arg);
		buf += n + 1;
		len -= n + 1;
	}
	keep(l, buf, len);
}

/* Forget what is kept; the next byte starts a line. */
void
docker_lines_free(struct docker_lines *l)
{
	free(l->buf);
	memset(l, 0, sizeof(*l));
}
