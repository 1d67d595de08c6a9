/*
 * TOML as json-c objects, each of which knows where in the text it came
 * from.  The only C++ in the tree; it neither throws nor is thrown at.
 */

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_WINDOWS_COMPAT 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_UNRELEASED_FEATURES 0
#include <toml++/toml.h>

#include <json-c/json.h>

#include "toml.h"

static json_object *from_node(const toml::node &, int depth, toml_error *);

static json_object *
refuse(toml_error *e, const toml::source_position &at, const char *why)
{
	e->line = at.line;
	e->column = at.column;
	std::snprintf(e->text, sizeof(e->text), "%s", why);
	return nullptr;
}

/* Line and column lie in the pointer that json-c keeps for us. */
static void
mark(json_object *o, const toml::source_position &at)
{
	uint64_t place = (uint64_t)at.line << 32 | at.column;

	static_assert(sizeof(void *) == sizeof(place), "64 bits wanted");
	json_object_set_userdata(o, (void *)(uintptr_t)place, nullptr);
}

static json_object *
from_table(const toml::table &t, int depth, toml_error *e)
{
	json_object *o = json_object_new_object(), *v;

	for (const auto &[key, node] : t) {
		if (std::memchr(key.data(), '\0', key.length()) != nullptr)
			v = refuse(e, key.source().begin, "a key holds a NUL");
		else
			v = from_node(node, depth, e);
		if (v == nullptr) {
			json_object_put(o);
			return nullptr;
		}
		mark(v, key.source().begin);
		json_object_object_add(o, std::string(key.str()).c_str(), v);
	}
	return o;
}

static json_object *
from_array(const toml::array &a, int depth, toml_error *e)
{
	json_object *o = json_object_new_array(), *v;

	for (const auto &node : a) {
		if ((v = from_node(node, depth, e)) == nullptr) {
			json_object_put(o);
			return nullptr;
		}
		mark(v, node.source().begin);
		json_object_array_add(o, v);
	}
	return o;
}

static json_object *
from_string(const std::string &s)
{
	return json_object_new_string_len(s.data(), (int)s.length());
}

static json_object *
from_node(const toml::node &n, int depth, toml_error *e)
{
	if (depth > TOML_DEPTH_MAX)
		return refuse(e, n.source().begin, "nested too deep");
	switch (n.type()) {
	case toml::node_type::table:
		return from_table(*n.as_table(), depth + 1, e);
	case toml::node_type::array:
		return from_array(*n.as_array(), depth + 1, e);
	case toml::node_type::string:
		return from_string(n.as_string()->get());
	case toml::node_type::integer:
		return json_object_new_int64(n.as_integer()->get());
	case toml::node_type::boolean:
		return json_object_new_boolean(n.as_boolean()->get());
	case toml::node_type::floating_point:
		if (!std::isfinite(n.as_floating_point()->get()))
			return refuse(e, n.source().begin, "not a number");
		return json_object_new_double(n.as_floating_point()->get());
	case toml::node_type::date:
	case toml::node_type::time:
	case toml::node_type::date_time:
		return refuse(e, n.source().begin,
		    "a date or time needs quotes around it");
	default:
		return refuse(e, n.source().begin, "not a value");
	}
}

/*
 * Read a document.  Returns an object to json_object_put(), or NULL with *e
 * filled in.
 */
extern "C" struct json_object *
toml_parse(const char *text, size_t len, struct toml_error *e)
{
	std::memset(e, 0, sizeof(*e));
	if (len > TOML_BYTES_MAX)
		return refuse(e, toml::source_position{ 1, 1 },
		    "the file is larger than 64 KiB");
	toml::parse_result r = toml::parse(std::string_view(text, len));
	if (r.failed())
		return refuse(e, r.error().source().begin,
		    std::string(r.error().description()).c_str());
	return from_table(r.table(), 0, e);
}

/*
 * Where a value of toml_parse() came from: the place of its key, or of the
 * value itself in an array; 0, 0 for the document.
 */
extern "C" void
toml_place(struct json_object *o, uint32_t *line, uint32_t *column)
{
	uint64_t place = (uint64_t)(uintptr_t)json_object_get_userdata(o);

	*line = (uint32_t)(place >> 32);
	*column = (uint32_t)place;
}
