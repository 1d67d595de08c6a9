/*
 * The environment that a container gets.  Values may be secrets: they are
 * wiped when they go.  Pure.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "env.h"
#include "schema.h"

#define NAME_LEN_MAX 255

void
env_init(struct env *e)
{
	STAILQ_INIT(&e->list);
	e->len = 0;
}

static void
entry_free(struct env_entry *en)
{
	freezero(en, sizeof(*en) + en->size);
}

void
env_free(struct env *e)
{
	struct env_entry *en;

	while ((en = STAILQ_FIRST(&e->list)) != NULL) {
		STAILQ_REMOVE_HEAD(&e->list, entry);
		entry_free(en);
	}
	e->len = 0;
}

/* Letters, digits and '_', no digit first. */
int
env_is_name(const char *s)
{
	size_t len = strspn(s,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len > 0 && len <= NAME_LEN_MAX && s[len] == '\0' &&
	    (*s < '0' || *s > '9');
}

static struct env_entry *
find(struct env *e, const char *name)
{
	struct env_entry *en;
	size_t len = strlen(name);

	STAILQ_FOREACH(en, &e->list, entry) {
		if (strncmp(en->text, name, len) == 0 && en->text[len] == '=')
			return en;
	}
	return NULL;
}

static void
drop(struct env *e, struct env_entry *en)
{
	STAILQ_REMOVE(&e->list, en, env_entry, entry);
	entry_free(en);
	e->len--;
}

/*
 * Set a variable; len bytes of value must not hold a NUL.  Returns 0, or -1
 * when name or value can't be, there are too many, or memory is out.
 */
int
env_set(struct env *e, const char *name, const char *value, size_t len)
{
	struct env_entry *en, *old;
	size_t name_len = strlen(name), size = name_len + len + 2;

	if (!env_is_name(name) || memchr(value, '\0', len) != NULL)
		return -1;
	if ((old = find(e, name)) == NULL && e->len >= ENV_MAX)
		return -1;
	if ((en = malloc(sizeof(*en) + size)) == NULL)
		return -1;
	en->size = size;
	memcpy(en->text, name, name_len);
	en->text[name_len] = '=';
	memcpy(en->text + name_len + 1, value, len);
	en->text[size - 1] = '\0';
	STAILQ_INSERT_TAIL(&e->list, en, entry);
	e->len++;
	if (old != NULL)
		drop(e, old);
	return 0;
}

/* Add name, value, name, ... */
int
env_add_pairs(struct env *e, const struct schema_list *pairs)
{
	char *const *s = pairs->items;
	size_t i;

	for (i = 0; i + 1 < pairs->len; i += 2) {
		if (env_set(e, s[i], s[i + 1], strlen(s[i + 1])) == -1)
			return -1;
	}
	return 0;
}
