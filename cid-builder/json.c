/*
 * Reads documents of the engine without trusting their shape.  Pure.
 */

#include <limits.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "json.h"

#define DEPTH_MAX 32
#define KEY_MAX 128

/* Returns an object for json_free(), or NULL when it is not one document. */
struct json_object *
json_read(const char *text, size_t len)
{
	struct json_tokener *tok;
	struct json_object *o = NULL;

	if (len > INT_MAX || (tok = json_tokener_new_ex(DEPTH_MAX)) == NULL)
		return NULL;
	o = json_tokener_parse_ex(tok, text, (int)len);
	if (json_tokener_get_error(tok) != json_tokener_success) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

void
json_free(struct json_object *o)
{
	json_object_put(o);
}

struct json_object *
json_at(struct json_object *o, const char *path)
{
	char key[KEY_MAX];
	size_t n;

	while (*path != '\0') {
		n = strcspn(path, ".");
		if (n >= sizeof(key) ||
		    !json_object_is_type(o, json_type_object))
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		if (!json_object_object_get_ex(o, key, &o))
			return NULL;
		path += n + (path[n] == '.');
	}
	return o;
}

const char *
json_text(struct json_object *o, const char *path)
{
	struct json_object *at = json_at(o, path);

	if (!json_object_is_type(at, json_type_string))
		return "";
	return json_object_get_string(at);
}

const char *
json_label(struct json_object *o, const char *key)
{
	struct json_object *at;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &at) ||
	    !json_object_is_type(at, json_type_string))
		return "";
	return json_object_get_string(at);
}

int64_t
json_number(struct json_object *o, const char *path)
{
	struct json_object *at = json_at(o, path);

	if (!json_object_is_type(at, json_type_int))
		return 0;
	return json_object_get_int64(at);
}

int
json_flag(struct json_object *o, const char *path)
{
	struct json_object *at = json_at(o, path);

	return json_object_is_type(at, json_type_boolean) &&
	    json_object_get_boolean(at);
}

size_t
json_len(struct json_object *array)
{
	if (!json_object_is_type(array, json_type_array))
		return 0;
	return json_object_array_length(array);
}

struct json_object *
json_item(struct json_object *array, size_t i)
{
	return json_object_array_get_idx(array, i);
}

void
json_copy(struct json_object *o, const char *path, char *buf, size_t size)
{
	char *p;

	strlcpy(buf, json_text(o, path), size);
	for (p = buf; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
}
