/*
 * JSON text that strangers wrote: parsed within limits, with the errors of
 * the text named by line and column.
 */

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "schema.h"

/* The place in the text where the parser stopped. */
static void
refuse_at(struct schema_error *e, const char *text, size_t at, const char *why)
{
	size_t i, line = 1, column = 1;

	for (i = 0; i < at; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	snprintf(e->reason, sizeof(e->reason),
	    "is not JSON: line %zu, column %zu: %s", line, column, why);
}

static int
is_blank(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
			return 0;
	}
	return 1;
}

static size_t
count_members(struct json_object *o)
{
	struct json_object_iter it;
	size_t i, n = 0;

	if (json_object_is_type(o, json_type_array)) {
		for (i = 0; i < json_object_array_length(o); i++)
			n += count_members(json_object_array_get_idx(o, i));
	}
	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreachC(o, it)
		{
			n += 1 + count_members(it.val);
		}
	}
	return n;
}

/*
 * What json-c lets pass although it is no JSON: names in single quotes, and
 * control characters in strings.  Returns the offset of the first, or len;
 * *colons counts those outside of strings.
 */
static size_t
find_strange(const char *text, size_t len, size_t *colons)
{
	size_t i;
	int quoted = 0;

	*colons = 0;
	for (i = 0; i < len; i++) {
		if (quoted && (unsigned char)text[i] < ' ')
			return i;
		if (!quoted && text[i] == '\'')
			return i;
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && text[i] == ':')
			(*colons)++;
	}
	return len;
}

static struct json_object *
parse(struct json_tokener *tok, const char *text, size_t len,
    struct schema_error *e)
{
	struct json_object *o;
	enum json_tokener_error err;
	size_t colons, end, strange;

	strange = find_strange(text, len, &colons);
	o = json_tokener_parse_ex(tok, text, (int)len);
	err = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	if (strange < len && strange < end) {
		refuse_at(e, text, strange, "unexpected character");
	} else if (err == json_tokener_continue) {
		refuse_at(e, text, len, "it ends too early");
	} else if (err != json_tokener_success) {
		refuse_at(e, text, end, json_tokener_error_desc(err));
	} else if (!is_blank(text + end, len - end)) {
		refuse_at(e, text, end, "something follows the value");
	} else if (!json_object_is_type(o, json_type_object) &&
	    !json_object_is_type(o, json_type_array)) {
		snprintf(e->reason, sizeof(e->reason), "must be an object");
	} else if (colons != count_members(o)) {
		/* json-c keeps the last of two members with one name. */
		snprintf(e->reason, sizeof(e->reason), "names a field twice");
	} else {
		return o;
	}
	json_object_put(o);
	return NULL;
}

/*
 * Read a JSON object or array that takes all of the text.  The caller
 * bounds len and frees the result with json_object_put().  Returns NULL with
 * *e filled in when it is malformed, not UTF-8, nested deeper than
 * SCHEMA_DEPTH_MAX, or names a field twice.
 */
struct json_object *
schema_json(const char *text, size_t len, struct schema_error *e)
{
	struct json_tokener *tok;
	struct json_object *o = NULL;

	memset(e, 0, sizeof(*e));
	if (len > INT_MAX ||
	    (tok = json_tokener_new_ex(SCHEMA_DEPTH_MAX)) == NULL) {
		snprintf(e->reason, sizeof(e->reason), "is too long");
		return NULL;
	}
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS |
		JSON_TOKENER_VALIDATE_UTF8);
	if (is_blank(text, len))
		snprintf(e->reason, sizeof(e->reason), "is empty");
	else
		o = parse(tok, text, len, e);
	json_tokener_free(tok);
	return o;
}

/* schema_json() and schema_read() in one. */
int
schema_parse(const struct schema *s, const char *text, size_t len, void *out,
    uint64_t *present, struct schema_error *e)
{
	struct json_object *o;
	int ret;

	memset(out, 0, s->size);
	if (present != NULL)
		*present = 0;
	if ((o = schema_json(text, len, e)) == NULL)
		return -1;
	ret = schema_read(s, o, out, present, e);
	json_object_put(o);
	return ret;
}
