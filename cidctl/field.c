/*
 * Reads answers without trusting their shape: what is missing or of another
 * type is empty.
 */

#include <string.h>

#include <json-c/json.h>

#include "field.h"

#define NAME_MAX_BYTES 64

/* Returns the value, which o keeps, or NULL. */
struct json_object *
field_get(struct json_object *o, const char *path)
{
	char name[NAME_MAX_BYTES];
	size_t len;

	for (;;) {
		len = strcspn(path, ".");
		if (!json_object_is_type(o, json_type_object) ||
		    len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		if (!json_object_object_get_ex(o, name, &o))
			return NULL;
		if (path[len] == '\0')
			return o;
		path += len + 1;
	}
}

/* Returns "" when there is no such text.  Numbers are text, too. */
const char *
field_text(struct json_object *o, const char *path)
{
	struct json_object *v = field_get(o, path);

	if (json_object_is_type(v, json_type_string) ||
	    json_object_is_type(v, json_type_int))
		return json_object_get_string(v);
	return "";
}

int64_t
field_int(struct json_object *o, const char *path)
{
	struct json_object *v = field_get(o, path);

	return json_object_is_type(v, json_type_int) ? json_object_get_int64(v)
						     : 0;
}

/* True only for true. */
int
field_is(struct json_object *o, const char *path)
{
	struct json_object *v = field_get(o, path);

	return json_object_is_type(v, json_type_boolean) &&
	    json_object_get_boolean(v);
}

int
field_is_set(struct json_object *o, const char *path)
{
	return field_get(o, path) != NULL;
}
