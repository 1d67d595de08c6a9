/*
 * Names with their values, as documents carry them.  No I/O here.
 */

#include <stdlib.h>
#include <string.h>

#include "pairs.h"

static char **
find_name(const struct schema_list *l, const char *name)
{
	char **items = l->items;
	size_t i;

	for (i = 0; i + 1 < l->len; i += 2) {
		if (strcmp(items[i], name) == 0)
			return &items[i];
	}
	return NULL;
}

static int
append_pair(struct schema_list *l, const char *name, const char *value)
{
	char **items, *n = strdup(name), *v = strdup(value);

	items = reallocarray(l->items, l->len + 2, sizeof(*items));
	if (items != NULL)
		l->items = items;
	if (items == NULL || n == NULL || v == NULL) {
		free(n);
		free(v);
		return -1;
	}
	items[l->len++] = n;
	items[l->len++] = v;
	return 0;
}

/* Give name this value, whether it had one or not.  -1: no memory. */
int
pairs_set(struct schema_list *l, const char *name, const char *value)
{
	char **at, *copy;

	if ((at = find_name(l, name)) == NULL)
		return append_pair(l, name, value);
	if ((copy = strdup(value)) == NULL)
		return -1;
	free(at[1]);
	at[1] = copy;
	return 0;
}

int
pairs_set_all(struct schema_list *l, const struct schema_list *from)
{
	char *const *items = from->items;
	size_t i;

	for (i = 0; i + 1 < from->len; i += 2) {
		if (pairs_set(l, items[i], items[i + 1]) == -1)
			return -1;
	}
	return 0;
}

void
pairs_drop(struct schema_list *l, const char *name)
{
	char **items = l->items, **at = find_name(l, name);
	size_t after;

	if (at == NULL)
		return;
	free(at[0]);
	free(at[1]);
	after = l->len - (size_t)(at - items) - 2;
	memmove(at, at + 2, after * sizeof(*at));
	l->len -= 2;
}

/* NULL when there is no such name. */
const char *
pairs_get(const struct schema_list *l, const char *name)
{
	char **at = find_name(l, name);

	return at == NULL ? NULL : at[1];
}

void
pairs_free(struct schema_list *l)
{
	char **items = l->items;
	size_t i;

	for (i = 0; i < l->len; i++)
		free(items[i]);
	free(items);
	l->items = NULL;
	l->len = 0;
}

/* Make *to a copy of from; what it held is not freed.  -1: no memory. */
int
strings_copy(struct schema_list *to, const struct schema_list *from)
{
	char *const *items = from->items;
	char **copy;
	size_t i;

	to->items = NULL;
	to->len = 0;
	if (from->len == 0)
		return 0;
	if ((copy = calloc(from->len, sizeof(*copy))) == NULL)
		return -1;
	to->items = copy;
	for (i = 0; i < from->len; i++) {
		if ((copy[i] = strdup(items[i])) == NULL) {
			pairs_free(to);
			return -1;
		}
		to->len++;
	}
	return 0;
}
