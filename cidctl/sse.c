/*
 * Takes a stream of server-sent events apart.  Pure; memory is bounded.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "sse.h"

/* Returns 0, or -1 when it grows too large. */
static int
append(char **to, size_t *len, const char *from, size_t n)
{
	char *grown;

	if (n > SSE_LINE_MAX - *len)
		return -1;
	if ((grown = realloc(*to, *len + n + 1)) == NULL)
		return -1;
	if (n > 0)
		memcpy(grown + *len, from, n);
	*len += n;
	grown[*len] = '\0';
	*to = grown;
	return 0;
}

static void
end_event(struct sse *s)
{
	struct sse_event e;

	strlcpy(s->id, s->next_id, sizeof(s->id));
	if (s->has_data) {
		e.type = s->type[0] == '\0' ? "message" : s->type;
		e.id = s->id;
		e.data = s->data;
		e.len = s->data_len;
		s->event(&e, s->arg);
	}
	s->type[0] = '\0';
	s->data_len = 0;
	s->has_data = 0;
}

static int
add_data(struct sse *s, const char *value, size_t len)
{
	if (s->has_data && append(&s->data, &s->data_len, "\n", 1) == -1)
		return -1;
	s->has_data = 1;
	return append(&s->data, &s->data_len, value, len);
}

static int
take_line(struct sse *s)
{
	char *line = s->line, *value;
	size_t len = s->line_len;

	s->line_len = 0;
	if (len == 0) {
		end_event(s);
		return 0;
	}
	if ((value = memchr(line, ':', len)) == NULL)
		value = line + len;
	len -= (size_t)(value - line);
	if (len > 0) {
		*value++ = '\0';
		len--;
	}
	if (len > 0 && *value == ' ') {
		value++;
		len--;
	}
	if (strcmp(line, "data") == 0)
		return add_data(s, value, len);
	if (strcmp(line, "event") == 0)
		strlcpy(s->type, value, sizeof(s->type));
	else if (strcmp(line, "id") == 0)
		strlcpy(s->next_id, value, sizeof(s->next_id));
	return 0;
}

/*
 * Feed what arrived; event is called for each whole one.  Returns 0, or -1
 * when a line is longer than any that cid sends.
 */
int
sse_feed(struct sse *s, const char *p, size_t len)
{
	size_t n;

	while (len > 0) {
		if (s->after_cr && *p == '\n') {
			p++;
			len--;
		}
		s->after_cr = 0;
		for (n = 0; n < len && p[n] != '\n' && p[n] != '\r'; n++)
			;
		if (append(&s->line, &s->line_len, p, n) == -1)
			return -1;
		if (n == len)
			return 0;
		s->after_cr = p[n] == '\r';
		p += n + 1;
		len -= n + 1;
		if (take_line(s) == -1)
			return -1;
	}
	return 0;
}

/* The connection is gone: forget the event under way, not the last id. */
void
sse_clear(struct sse *s)
{
	free(s->line);
	free(s->data);
	s->line = s->data = NULL;
	s->line_len = s->data_len = 0;
	s->has_data = s->after_cr = 0;
	s->type[0] = '\0';
	strlcpy(s->next_id, s->id, sizeof(s->next_id));
}
