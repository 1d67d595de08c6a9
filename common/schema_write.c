/*
 * From structs to JSON, in the order of the table.
 */

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "schema.h"

#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* What a field may turn into besides a value. */
enum written {
	WRITTEN,
	LEFT_OUT,
	FAILED
};

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

static struct json_object *
write_strings(const struct schema_list *list)
{
	char *const *items = list->items;
	struct json_object *a, *v;
	size_t i;

	if ((a = json_object_new_array()) == NULL)
		return NULL;
	for (i = 0; i < list->len; i++) {
		v = json_object_new_string(or_empty(items[i]));
		if (v == NULL || json_object_array_add(a, v) != 0) {
			json_object_put(v);
			json_object_put(a);
			return NULL;
		}
	}
	return a;
}

static struct json_object *
write_pairs(const struct schema_list *list)
{
	char *const *items = list->items;
	struct json_object *o, *v;
	size_t i;

	if ((o = json_object_new_object()) == NULL)
		return NULL;
	for (i = 0; i + 1 < list->len; i += 2) {
		v = json_object_new_string(or_empty(items[i + 1]));
		if (v == NULL ||
		    json_object_object_add(o, or_empty(items[i]), v) != 0) {
			json_object_put(v);
			json_object_put(o);
			return NULL;
		}
	}
	return o;
}

static struct json_object *
write_objects(const struct schema *sub, const struct schema_list *list)
{
	const char *items = list->items;
	struct json_object *a, *v;
	size_t i;

	if ((a = json_object_new_array()) == NULL)
		return NULL;
	for (i = 0; i < list->len; i++) {
		v = schema_write(sub, items + i * sub->size);
		if (v == NULL || json_object_array_add(a, v) != 0) {
			json_object_put(v);
			json_object_put(a);
			return NULL;
		}
	}
	return a;
}

/* An index that names no value can't be written. */
static const char *
enum_name(const struct schema_field *f, int n)
{
	int i;

	for (i = 0; f->names[i] != NULL; i++) {
		if (i == n)
			return f->names[i];
	}
	return NULL;
}

static struct json_object *
write_enum(const struct schema_field *f, int n)
{
	const char *name = enum_name(f, n);

	return name == NULL ? NULL : json_object_new_string(name);
}

static int64_t
get_int(const void *p)
{
	int64_t n;

	memcpy(&n, p, sizeof(n));
	return n;
}

static int
get_word(const void *p)
{
	int n;

	memcpy(&n, p, sizeof(n));
	return n;
}

static const char *
get_text(const void *p)
{
	char *s;

	memcpy(&s, p, sizeof(s));
	return s;
}

static int
is_empty(const struct schema_field *f, const void *p)
{
	switch (f->type) {
	case SCHEMA_STRING:
		return *(const char *)p == '\0';
	case SCHEMA_TEXT:
		return *or_empty(get_text(p)) == '\0';
	case SCHEMA_INT:
		return get_int(p) == 0;
	case SCHEMA_BOOL:
	case SCHEMA_ENUM:
		return get_word(p) == 0;
	case SCHEMA_STRINGS:
	case SCHEMA_PAIRS:
	case SCHEMA_OBJECTS:
		return ((const struct schema_list *)p)->len == 0;
	case SCHEMA_OBJECT:
		break;
	}
	return 0;
}

static struct json_object *
write_value(const struct schema_field *f, const void *p)
{
	switch (f->type) {
	case SCHEMA_STRING:
		return json_object_new_string(p);
	case SCHEMA_TEXT:
		return json_object_new_string(or_empty(get_text(p)));
	case SCHEMA_INT:
		return json_object_new_int64(get_int(p));
	case SCHEMA_BOOL:
		return json_object_new_boolean(get_word(p));
	case SCHEMA_ENUM:
		return write_enum(f, get_word(p));
	case SCHEMA_STRINGS:
		return write_strings(p);
	case SCHEMA_PAIRS:
		return write_pairs(p);
	case SCHEMA_OBJECT:
		return schema_write(f->sub, p);
	case SCHEMA_OBJECTS:
		return write_objects(f->sub, p);
	}
	return NULL;
}

static enum written
write_field(const struct schema_field *f, const void *p, struct json_object **v)
{
	if (f->type == SCHEMA_TEXT && get_text(p) == NULL)
		return LEFT_OUT;
	if ((f->flags & SCHEMA_OMIT_EMPTY) && is_empty(f, p))
		return LEFT_OUT;
	if ((*v = write_value(f, p)) == NULL)
		return FAILED;
	if (f->type != SCHEMA_OBJECT || !(f->flags & SCHEMA_OMIT_EMPTY) ||
	    json_object_object_length(*v) > 0)
		return WRITTEN;
	json_object_put(*v);
	return LEFT_OUT;
}

/*
 * Make the JSON object of a struct; the caller frees it with
 * json_object_put().  A text that is NULL is left out.  Returns NULL when
 * memory runs out or an enum is out of its range.
 */
struct json_object *
schema_write(const struct schema *s, const void *in)
{
	const struct schema_field *f;
	struct json_object *o, *v;
	enum written w = WRITTEN;
	size_t i;

	if ((o = json_object_new_object()) == NULL)
		return NULL;
	for (i = 0; i < s->fields_len && w != FAILED; i++) {
		f = &s->fields[i];
		w = write_field(f, (const char *)in + f->offset, &v);
		if (w == WRITTEN &&
		    json_object_object_add(o, f->name, v) != 0) {
			json_object_put(v);
			w = FAILED;
		}
	}
	if (w != FAILED)
		return o;
	json_object_put(o);
	return NULL;
}

/*
 * Print a struct canonically: table order, no spaces, so that equal structs
 * make equal text.  Returns a string for the caller to free, NULL as
 * schema_write() does.  len may be NULL.
 */
char *
schema_print(const struct schema *s, const void *in, size_t *len)
{
	struct json_object *o;
	const char *text;
	char *copy = NULL;
	size_t n;

	if ((o = schema_write(s, in)) == NULL)
		return NULL;
	text = json_object_to_json_string_length(o, PLAIN, &n);
	if (text != NULL && (copy = malloc(n + 1)) != NULL) {
		memcpy(copy, text, n + 1);
		if (len != NULL)
			*len = n;
	}
	json_object_put(o);
	return copy;
}
