/*
 * From JSON to structs, strictly: what the table does not name, or does not
 * allow, is refused with the field's path.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "schema.h"

static int read_object(const struct schema *, struct json_object *, void *,
    uint64_t *, struct schema_error *);

static int __attribute__((__format__(printf, 2, 3)))
refuse(struct schema_error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->reason, sizeof(e->reason), fmt, ap);
	va_end(ap);
	return -1;
}

static int
no_memory(struct schema_error *e)
{
	return refuse(e, "does not fit into memory");
}

/* Go down to a member.  Returns the length to come back to. */
static size_t
enter_member(struct schema_error *e, const char *name)
{
	size_t i, len = strlen(e->field);

	snprintf(e->field + len, sizeof(e->field) - len, "%s%s",
	    len > 0 ? "." : "", name);
	/* The name may be a stranger's. */
	for (i = len; e->field[i] != '\0'; i++) {
		if (e->field[i] < ' ' || e->field[i] > '~')
			e->field[i] = '?';
	}
	return len;
}

static size_t
enter_item(struct schema_error *e, size_t i)
{
	size_t len = strlen(e->field);

	snprintf(e->field + len, sizeof(e->field) - len, "[%zu]", i);
	return len;
}

static void
leave(struct schema_error *e, size_t len)
{
	e->field[len] = '\0';
}

/*
 * Get a string of min to max bytes, with the length in *len, that follows the
 * field's own rule.
 */
static const char *
get_string(const struct schema_field *f, struct json_object *v, size_t max,
    size_t *len, struct schema_error *e)
{
	const char *s, *why;

	if (!json_object_is_type(v, json_type_string)) {
		refuse(e, "must be a string");
		return NULL;
	}
	s = json_object_get_string(v);
	*len = (size_t)json_object_get_string_len(v);
	if (*len != strlen(s)) {
		refuse(e, "has a NUL in it");
		return NULL;
	}
	if (*len > max) {
		refuse(e, "is longer than %zu bytes", max);
		return NULL;
	}
	if (f->check != NULL && *len > 0 && (why = f->check(s)) != NULL) {
		refuse(e, "%s", why);
		return NULL;
	}
	return s;
}

static int
check_shortest(const struct schema_field *f, size_t len, struct schema_error *e)
{
	if (f->min <= 0 || len >= (size_t)f->min)
		return 0;
	if (len == 0)
		return refuse(e, "is empty");
	return refuse(e, "is shorter than %lld bytes", (long long)f->min);
}

static int
read_string(const struct schema_field *f, struct json_object *v, char *out,
    struct schema_error *e)
{
	const char *s;
	size_t len, max = f->size - 1;

	if (f->max > 0 && (size_t)f->max < max)
		max = (size_t)f->max;
	if ((s = get_string(f, v, max, &len, e)) == NULL ||
	    check_shortest(f, len, e) == -1)
		return -1;
	memcpy(out, s, len + 1);
	return 0;
}

static int
read_text(const struct schema_field *f, struct json_object *v, char **out,
    struct schema_error *e)
{
	const char *s;
	size_t len;

	if ((s = get_string(f, v, (size_t)f->max, &len, e)) == NULL ||
	    check_shortest(f, len, e) == -1)
		return -1;
	return (*out = strdup(s)) == NULL ? no_memory(e) : 0;
}

static int
read_int(const struct schema_field *f, struct json_object *v, int64_t *out,
    struct schema_error *e)
{
	int64_t n, max = f->max == 0 && f->min >= 0 ? INT64_MAX : f->max;

	if (!json_object_is_type(v, json_type_int))
		return refuse(e, "must be a whole number");
	n = json_object_get_int64(v);
	if (n >= f->min && n <= max &&
	    (n <= 0 || json_object_get_uint64(v) <= (uint64_t)max)) {
		*out = n;
		return 0;
	}
	if (max == INT64_MAX)
		return refuse(e, "must be at least %lld", (long long)f->min);
	return refuse(e, "must be from %lld to %lld", (long long)f->min,
	    (long long)max);
}

static int
read_bool(struct json_object *v, int *out, struct schema_error *e)
{
	if (!json_object_is_type(v, json_type_boolean))
		return refuse(e, "must be true or false");
	*out = json_object_get_boolean(v);
	return 0;
}

static int
read_enum(const struct schema_field *f, struct json_object *v, int *out,
    struct schema_error *e)
{
	const char *s = NULL;
	int i;

	if (json_object_is_type(v, json_type_string))
		s = json_object_get_string(v);
	for (i = 0; s != NULL && f->names[i] != NULL; i++) {
		if (strcmp(f->names[i], s) == 0) {
			*out = i;
			return 0;
		}
	}
	strlcpy(e->reason, "must be one of", sizeof(e->reason));
	for (i = 0; f->names[i] != NULL; i++) {
		strlcat(e->reason, i > 0 ? ", \"" : " \"", sizeof(e->reason));
		strlcat(e->reason, f->names[i], sizeof(e->reason));
		strlcat(e->reason, "\"", sizeof(e->reason));
	}
	return -1;
}

static int
check_count(const struct schema_field *f, size_t n, struct schema_error *e)
{
	if (n > (size_t)f->max)
		return refuse(e, "has more than %lld items", (long long)f->max);
	if (f->min > 0 && n < (size_t)f->min)
		return refuse(e, "has less than %lld items", (long long)f->min);
	return 0;
}

/* list->len follows what is there, so that schema_free() can clean up. */
static int
append(struct schema_list *list, const char *s, struct schema_error *e)
{
	char **items = list->items;

	if ((items[list->len] = strdup(s)) == NULL)
		return no_memory(e);
	list->len++;
	return 0;
}

static int
read_strings(const struct schema_field *f, struct json_object *v,
    struct schema_list *out, struct schema_error *e)
{
	const char *s;
	size_t at, i, len, n;

	if (!json_object_is_type(v, json_type_array))
		return refuse(e, "must be a list of strings");
	n = json_object_array_length(v);
	if (check_count(f, n, e) == -1)
		return -1;
	if (n > 0 && (out->items = calloc(n, sizeof(char *))) == NULL)
		return no_memory(e);
	for (i = 0; i < n; i++) {
		at = enter_item(e, i);
		s = get_string(f, json_object_array_get_idx(v, i), SIZE_MAX,
		    &len, e);
		if (s == NULL || append(out, s, e) == -1)
			return -1;
		leave(e, at);
	}
	return 0;
}

static int
read_pair(const struct schema_field *f, const char *name, struct json_object *v,
    struct schema_list *out, struct schema_error *e)
{
	static const struct schema_field any = { .name = "value" };
	const char *s, *why;
	size_t len;

	if (f->check != NULL && (why = f->check(name)) != NULL)
		return refuse(e, "%s", why);
	if ((s = get_string(&any, v, SIZE_MAX, &len, e)) == NULL ||
	    append(out, name, e) == -1)
		return -1;
	return append(out, s, e);
}

static int
read_pairs(const struct schema_field *f, struct json_object *v,
    struct schema_list *out, struct schema_error *e)
{
	struct json_object_iter it;
	size_t at, n;

	if (!json_object_is_type(v, json_type_object))
		return refuse(e, "must be an object of strings");
	n = (size_t)json_object_object_length(v);
	if (check_count(f, n, e) == -1)
		return -1;
	if (n > 0 && (out->items = calloc(n, 2 * sizeof(char *))) == NULL)
		return no_memory(e);
	json_object_object_foreachC(v, it)
	{
		at = enter_member(e, it.key);
		if (read_pair(f, it.key, it.val, out, e) == -1)
			return -1;
		leave(e, at);
	}
	return 0;
}

static int
read_objects(const struct schema_field *f, struct json_object *v,
    struct schema_list *out, struct schema_error *e)
{
	char *items;
	size_t at, i, n;

	if (!json_object_is_type(v, json_type_array))
		return refuse(e, "must be a list of objects");
	n = json_object_array_length(v);
	if (check_count(f, n, e) == -1)
		return -1;
	if (n > 0 && (out->items = calloc(n, f->sub->size)) == NULL)
		return no_memory(e);
	items = out->items;
	for (i = 0; i < n; i++) {
		at = enter_item(e, i);
		out->len++;
		if (read_object(f->sub, json_object_array_get_idx(v, i),
			items + i * f->sub->size, NULL, e) == -1)
			return -1;
		leave(e, at);
	}
	return 0;
}

static int
read_field(const struct schema_field *f, struct json_object *v, void *out,
    struct schema_error *e)
{
	if (f->flags & SCHEMA_READ_ONLY)
		return refuse(e, "can't be set");
	switch (f->type) {
	case SCHEMA_STRING:
		return read_string(f, v, out, e);
	case SCHEMA_TEXT:
		return read_text(f, v, out, e);
	case SCHEMA_INT:
		return read_int(f, v, out, e);
	case SCHEMA_BOOL:
		return read_bool(v, out, e);
	case SCHEMA_ENUM:
		return read_enum(f, v, out, e);
	case SCHEMA_STRINGS:
		return read_strings(f, v, out, e);
	case SCHEMA_PAIRS:
		return read_pairs(f, v, out, e);
	case SCHEMA_OBJECT:
		return read_object(f->sub, v, out, NULL, e);
	case SCHEMA_OBJECTS:
		return read_objects(f, v, out, e);
	}
	return -1;
}

static int
check_names(const struct schema *s, struct json_object *o,
    struct schema_error *e)
{
	struct json_object_iter it;
	size_t i;

	json_object_object_foreachC(o, it)
	{
		for (i = 0; i < s->fields_len; i++) {
			if (strcmp(s->fields[i].name, it.key) == 0)
				break;
		}
		if (i < s->fields_len)
			continue;
		enter_member(e, it.key);
		return refuse(e, "is not a field of %s", s->name);
	}
	return 0;
}

/* On failure e->field is left where it happened. */
static int
read_object(const struct schema *s, struct json_object *o, void *out,
    uint64_t *present, struct schema_error *e)
{
	const struct schema_field *f;
	struct json_object *v;
	size_t at, i;

	if (!json_object_is_type(o, json_type_object))
		return refuse(e, "must be an object");
	if (check_names(s, o, e) == -1)
		return -1;
	for (i = 0; i < s->fields_len; i++) {
		f = &s->fields[i];
		at = enter_member(e, f->name);
		if (json_object_object_get_ex(o, f->name, &v)) {
			if (read_field(f, v, (char *)out + f->offset, e) == -1)
				return -1;
			if (present != NULL)
				*present |= (uint64_t)1 << i;
		} else if (f->flags & SCHEMA_REQUIRED) {
			return refuse(e, "is missing");
		}
		leave(e, at);
	}
	return 0;
}

/*
 * Fill out, which is overwritten, never freed, from an object.  present, when
 * not NULL, gets a bit for each field of the outermost object that was there.
 * Returns 0 with out for the caller to schema_free(), or -1 with out zeroed
 * and *e filled in.
 */
int
schema_read(const struct schema *s, struct json_object *o, void *out,
    uint64_t *present, struct schema_error *e)
{
	memset(out, 0, s->size);
	memset(e, 0, sizeof(*e));
	if (present != NULL)
		*present = 0;
	if (read_object(s, o, out, present, e) == 0)
		return 0;
	schema_free(s, out);
	memset(out, 0, s->size);
	if (present != NULL)
		*present = 0;
	return -1;
}
