/*
 * The end of what schema_read() allocated.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "schema.h"

/* Some of it is secret, and nothing says which. */
static void
free_text(char *s)
{
	if (s != NULL)
		freezero(s, strlen(s));
}

static void
free_strings(struct schema_list *list)
{
	char **items = list->items;
	size_t i;

	for (i = 0; i < list->len; i++)
		free_text(items[i]);
	free(items);
}

static void
free_objects(const struct schema *sub, struct schema_list *list)
{
	char *items = list->items;
	size_t i;

	for (i = 0; i < list->len; i++)
		schema_free(sub, items + i * sub->size);
	free(items);
}

static void
free_field(const struct schema_field *f, void *p)
{
	struct schema_list *list = p;
	char **text = p;

	switch (f->type) {
	case SCHEMA_TEXT:
		free_text(*text);
		*text = NULL;
		break;
	case SCHEMA_STRINGS:
	case SCHEMA_PAIRS:
		free_strings(list);
		memset(list, 0, sizeof(*list));
		break;
	case SCHEMA_OBJECTS:
		free_objects(f->sub, list);
		memset(list, 0, sizeof(*list));
		break;
	case SCHEMA_OBJECT:
		schema_free(f->sub, p);
		break;
	default:
		break;
	}
}

/* Free what is inside of a struct that was read, or zeroed; not itself. */
void
schema_free(const struct schema *s, void *p)
{
	size_t i;

	for (i = 0; i < s->fields_len; i++)
		free_field(&s->fields[i], (char *)p + s->fields[i].offset);
}
