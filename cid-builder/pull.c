/*
 * Makes of the engine's many ticks about a pull the few lines that a person
 * wants to read.  Pure.
 */

#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "json.h"
#include "pull.h"

#define MB 1e6

static struct pull_layer *
find(struct pull *p, const char *id)
{
	size_t i;

	for (i = 0; i < p->len; i++) {
		if (strcmp(p->layers[i].id, id) == 0)
			return &p->layers[i];
	}
	if (p->len == PULL_LAYERS_MAX)
		return NULL;
	strlcpy(p->layers[p->len].id, id, sizeof(p->layers[0].id));
	return &p->layers[p->len++];
}

static void
count(struct pull *p, struct json_object *o)
{
	struct pull_layer *l;
	int64_t total = json_number(o, "progressDetail.total");
	char id[16];

	if (strcmp(json_text(o, "status"), "Downloading") != 0 || total <= 0)
		return;
	json_copy(o, "id", id, sizeof(id));
	if ((l = find(p, id)) == NULL)
		return;
	l->total = total;
	l->done = json_number(o, "progressDetail.current");
}

/*
 * Take one document of the stream.  Returns 1 when it is time for a line
 * about it, which is written then, else 0.
 */
int
pull_take(struct pull *p, struct json_object *o, uint64_t now_ms, char *line,
    size_t size)
{
	double done = 0, total = 0;
	size_t i;

	if (json_at(o, "error") != NULL) {
		json_copy(o, "error", p->error, sizeof(p->error));
		if (p->error[0] == '\0')
			strlcpy(p->error, "no reason given", sizeof(p->error));
		return 0;
	}
	count(p, o);
	if (p->told_ms == 0)
		p->told_ms = now_ms;
	if (now_ms - p->told_ms < PULL_TELL_MS || p->len == 0)
		return 0;
	p->told_ms = now_ms;
	for (i = 0; i < p->len; i++) {
		done += (double)p->layers[i].done;
		total += (double)p->layers[i].total;
	}
	snprintf(line, size, "Pulled %.1f of %.1f MB.", done / MB, total / MB);
	return 1;
}
