#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "schema.h"

struct part {
	char name[8];
	int64_t port;
};

struct thing {
	char name[8];
	char *text;
	int64_t count;
	int64_t big;
	int64_t below;
	int on;
	int color;
	struct schema_list words;
	struct schema_list env;
	struct part part;
	struct schema_list parts;
	int64_t made;
};

static const char *
no_space(const char *s)
{
	return strchr(s, ' ') == NULL ? NULL : "has a space in it";
}

static const char *const colors[] = { "red", "blue", NULL };

static const struct schema_field part_fields[] = {
	{ .name = "name",
	    .type = SCHEMA_STRING,
	    SCHEMA_AT(part, name),
	    .flags = SCHEMA_REQUIRED,
	    .min = 2 },
	{ .name = "port",
	    .type = SCHEMA_INT,
	    SCHEMA_AT(part, port),
	    .min = 1,
	    .max = 65535,
	    .flags = SCHEMA_OMIT_EMPTY },
};

static const struct schema part_schema = { "a part", part_fields, 2,
	sizeof(struct part) };

static const struct schema_field optional_fields[] = {
	{ .name = "name",
	    .type = SCHEMA_STRING,
	    SCHEMA_AT(part, name),
	    .flags = SCHEMA_OMIT_EMPTY },
	{ .name = "port",
	    .type = SCHEMA_INT,
	    SCHEMA_AT(part, port),
	    .min = 1,
	    .max = 65535,
	    .flags = SCHEMA_OMIT_EMPTY },
};

static const struct schema optional_schema = { "a part", optional_fields, 2,
	sizeof(struct part) };

static const struct schema_field thing_fields[] = {
	{ .name = "name",
	    .type = SCHEMA_STRING,
	    SCHEMA_AT(thing, name),
	    .check = no_space },
	{ .name = "text",
	    .type = SCHEMA_TEXT,
	    SCHEMA_AT(thing, text),
	    .max = 16 },
	{ .name = "count",
	    .type = SCHEMA_INT,
	    SCHEMA_AT(thing, count),
	    .max = 10 },
	{ .name = "big", .type = SCHEMA_INT, SCHEMA_AT(thing, big) },
	{ .name = "below",
	    .type = SCHEMA_INT,
	    SCHEMA_AT(thing, below),
	    .min = -5 },
	{ .name = "on", .type = SCHEMA_BOOL, SCHEMA_AT(thing, on) },
	{ .name = "color",
	    .type = SCHEMA_ENUM,
	    SCHEMA_AT(thing, color),
	    .names = colors },
	{ .name = "words",
	    .type = SCHEMA_STRINGS,
	    SCHEMA_AT(thing, words),
	    .max = 3,
	    .check = no_space },
	{ .name = "env",
	    .type = SCHEMA_PAIRS,
	    SCHEMA_AT(thing, env),
	    .max = 2,
	    .check = no_space },
	{ .name = "part",
	    .type = SCHEMA_OBJECT,
	    SCHEMA_AT(thing, part),
	    .sub = &optional_schema,
	    .flags = SCHEMA_OMIT_EMPTY },
	{ .name = "parts",
	    .type = SCHEMA_OBJECTS,
	    SCHEMA_AT(thing, parts),
	    .sub = &part_schema,
	    .max = 2,
	    .flags = SCHEMA_OMIT_EMPTY },
	{ .name = "made",
	    .type = SCHEMA_INT,
	    SCHEMA_AT(thing, made),
	    .flags = SCHEMA_READ_ONLY | SCHEMA_OMIT_EMPTY },
};

static const struct schema thing_schema = { "a thing", thing_fields,
	sizeof(thing_fields) / sizeof(thing_fields[0]), sizeof(struct thing) };

static void
every_kind_of_field_comes_back(void **unused)
{
	static const char text[] =
	    "{\"name\":\"n\",\"text\":\"\xc3\xbc/\\n\",\"count\":10,"
	    "\"big\":9223372036854775807,\"below\":-5,\"on\":true,"
	    "\"color\":\"blue\",\"words\":[\"a\",\"\"],"
	    "\"env\":{\"B\":\"1 2\",\"A\":\"\"},\"part\":{\"port\":1},"
	    "\"parts\":[{\"name\":\"xy\",\"port\":65535},{\"name\":\"z0\"}]}";
	struct schema_error e;
	struct thing t;
	uint64_t present;
	size_t len;
	char *out, **env;

	(void)unused;
	if (schema_parse(&thing_schema, text, strlen(text), &t, &present, &e))
		fail_msg("%s %s", e.field, e.reason);
	assert_int_equal(present, 0x7ff);
	assert_string_equal(t.text, "\xc3\xbc/\n");
	assert_int_equal(t.big, INT64_MAX);
	assert_int_equal(t.color, 1);
	env = t.env.items;
	assert_int_equal(t.env.len, 4);
	assert_string_equal(env[0], "B");
	assert_string_equal(env[1], "1 2");
	assert_string_equal(env[2], "A");
	assert_int_equal(t.parts.len, 2);
	assert_int_equal(((struct part *)t.parts.items)[1].port, 0);
	out = schema_print(&thing_schema, &t, &len);
	assert_non_null(out);
	assert_string_equal(out, text);
	assert_int_equal(len, strlen(text));
	free(out);
	schema_free(&thing_schema, &t);
	assert_null(t.text);
}

static void
order_and_space_do_not_matter(void **unused)
{
	static const char text[] =
	    " { \"on\" : true ,\n\t\"name\" : \"\\u0041\" }\r\n";
	struct schema_error e;
	struct thing t;
	char *out;

	(void)unused;
	assert_int_equal(schema_parse(&thing_schema, text, strlen(text), &t,
			     NULL, &e),
	    0);
	out = schema_print(&thing_schema, &t, NULL);
	assert_string_equal(out,
	    "{\"name\":\"A\",\"count\":0,\"big\":0,\"below\":0,\"on\":true,"
	    "\"color\":\"red\",\"words\":[],\"env\":{}}");
	free(out);
	schema_free(&thing_schema, &t);
}

/* Text, where it is wrong, what is wrong. */
static const char *const bad[][3] = {
	{ "", "", "is empty" },
	{ "  ", "", "is empty" },
	{ "x", "", "is not JSON: line 1, column 1: unexpected character" },
	{ "{", "", "is not JSON: line 1, column 2: it ends too early" },
	{ "{\n  \"on\": tru", "",
	    "is not JSON: line 2, column 12: it ends too early" },
	{ "{} x", "",
	    "is not JSON: line 1, column 4: something follows the "
	    "value" },
	{ "{}{}", "",
	    "is not JSON: line 1, column 3: something follows the "
	    "value" },
	{ "{'on':true}", "",
	    "is not JSON: line 1, column 2: unexpected character" },
	{ "{\"text\":\"a\nb\"}", "",
	    "is not JSON: line 1, column 11: unexpected character" },
	{ "{\"on\":'x'}", "",
	    "is not JSON: line 1, column 7: unexpected character" },
	{ "{\"on\":true,}", "",
	    "is not JSON: line 1, column 12: unexpected character" },
	{ "{/**/}", "",
	    "is not JSON: line 1, column 2: quoted object property "
	    "name expected" },
	{ "{\"text\":\"\xff\"}", "",
	    "is not JSON: line 1, column 10: invalid utf-8 string" },
	{ "[[[[[[[[[[[[[[[[[", "",
	    "is not JSON: line 1, column 17: nesting too deep" },
	{ "{\"on\":true,\"on\":true}", "", "names a field twice" },
	{ "{\"env\":{\"A\":\"\\\":\",\"A\":\"\"}}", "", "names a field twice" },
	{ "[]", "", "must be an object" },
	{ "null", "", "is not JSON: line 1, column 5: it ends too early" },
	{ "null ", "", "must be an object" },
	{ "1 ", "", "must be an object" },
	{ "{\"x\":1}", "x", "is not a field of a thing" },
	{ "{\"x\\u001b\xc3\xbc\":1}", "x???", "is not a field of a thing" },
	{ "{\"parts\":[{\"y\":1}]}", "parts[0].y", "is not a field of a part" },
	{ "{\"name\":null}", "name", "must be a string" },
	{ "{\"name\":1}", "name", "must be a string" },
	{ "{\"name\":\"12345678\"}", "name", "is longer than 7 bytes" },
	{ "{\"name\":\"a b\"}", "name", "has a space in it" },
	{ "{\"name\":\"a\\u0000b\"}", "name", "has a NUL in it" },
	{ "{\"text\":\"12345678901234567\"}", "text",
	    "is longer than 16 bytes" },
	{ "{\"count\":\"1\"}", "count", "must be a whole number" },
	{ "{\"count\":1.0}", "count", "must be a whole number" },
	{ "{\"count\":11}", "count", "must be from 0 to 10" },
	{ "{\"count\":-1}", "count", "must be from 0 to 10" },
	{ "{\"big\":9223372036854775808}", "big", "must be at least 0" },
	{ "{\"below\":1}", "below", "must be from -5 to 0" },
	{ "{\"on\":1}", "on", "must be true or false" },
	{ "{\"color\":\"green\"}", "color",
	    "must be one of \"red\", \"blue\"" },
	{ "{\"color\":1}", "color", "must be one of \"red\", \"blue\"" },
	{ "{\"words\":\"a\"}", "words", "must be a list of strings" },
	{ "{\"words\":[\"a\",1]}", "words[1]", "must be a string" },
	{ "{\"words\":[\"a\",\"b c\"]}", "words[1]", "has a space in it" },
	{ "{\"words\":[\"\",\"\",\"\",\"\"]}", "words",
	    "has more than 3 items" },
	{ "{\"env\":[]}", "env", "must be an object of strings" },
	{ "{\"env\":{\"A\":1}}", "env.A", "must be a string" },
	{ "{\"env\":{\"A B\":\"\"}}", "env.A B", "has a space in it" },
	{ "{\"env\":{\"A\":\"\",\"B\":\"\",\"C\":\"\"}}", "env",
	    "has more than 2 items" },
	{ "{\"part\":[]}", "part", "must be an object" },
	{ "{\"part\":{\"port\":0}}", "part.port", "must be from 1 to 65535" },
	{ "{\"parts\":{}}", "parts", "must be a list of objects" },
	{ "{\"parts\":[{\"name\":\"ab\"},{}]}", "parts[1].name", "is missing" },
	{ "{\"parts\":[{\"name\":\"\"}]}", "parts[0].name", "is empty" },
	{ "{\"parts\":[{\"name\":\"a\"}]}", "parts[0].name",
	    "is shorter than 2 bytes" },
	{ "{\"made\":1}", "made", "can't be set" },
};

static void
every_mistake_is_named_with_its_place(void **unused)
{
	struct schema_error e;
	struct thing t, zero;
	uint64_t present;
	size_t i;

	(void)unused;
	memset(&zero, 0, sizeof(zero));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&t, 0xff, sizeof(t));
		if (schema_parse(&thing_schema, bad[i][0], strlen(bad[i][0]),
			&t, &present, &e) == 0)
			fail_msg("read: %s", bad[i][0]);
		if (strcmp(e.field, bad[i][1]) != 0 ||
		    strcmp(e.reason, bad[i][2]) != 0)
			fail_msg("%s -> '%s' %s", bad[i][0], e.field, e.reason);
		assert_memory_equal(&t, &zero, sizeof(t));
		assert_int_equal(present, 0);
	}
}

static void
what_was_read_is_freed_when_the_rest_is_wrong(void **unused)
{
	static const char text[] =
	    "{\"text\":\"x\",\"words\":[\"a\",\"b\"],\"env\":{\"A\":\"1\"},"
	    "\"parts\":[{\"name\":\"ab\"},{\"name\":\"cd\",\"port\":0}]}";
	struct schema_error e;
	struct thing t;

	(void)unused;
	assert_int_equal(schema_parse(&thing_schema, text, strlen(text), &t,
			     NULL, &e),
	    -1);
	assert_string_equal(e.field, "parts[1].port");
}

static void
a_long_path_is_cut(void **unused)
{
	char text[600], name[500];
	struct schema_error e;
	struct thing t;

	(void)unused;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), "{\"env\":{\"%s\":1}}", name);
	assert_int_equal(schema_parse(&thing_schema, text, strlen(text), &t,
			     NULL, &e),
	    -1);
	assert_int_equal(strlen(e.field), sizeof(e.field) - 1);
}

static void
the_text_needs_no_nul(void **unused)
{
	struct schema_error e;
	struct thing t;

	(void)unused;
	assert_int_equal(schema_parse(&thing_schema, "{}}", 2, &t, NULL, &e),
	    0);
	assert_int_equal(schema_parse(&thing_schema, "{\"on\":true}", 10, &t,
			     NULL, &e),
	    -1);
	assert_int_equal(schema_parse(&thing_schema, "{}\0", 3, &t, NULL, &e),
	    -1);
}

static void
an_enum_out_of_range_is_not_written(void **unused)
{
	struct thing t;

	(void)unused;
	memset(&t, 0, sizeof(t));
	t.color = 2;
	assert_null(schema_print(&thing_schema, &t, NULL));
	t.color = -1;
	assert_null(schema_print(&thing_schema, &t, NULL));
}

static void
a_read_only_field_is_written(void **unused)
{
	struct thing t;
	char *out;

	(void)unused;
	memset(&t, 0, sizeof(t));
	t.made = 7;
	out = schema_print(&thing_schema, &t, NULL);
	assert_non_null(strstr(out, "\"made\":7"));
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_field_comes_back),
		cmocka_unit_test(order_and_space_do_not_matter),
		cmocka_unit_test(every_mistake_is_named_with_its_place),
		cmocka_unit_test(what_was_read_is_freed_when_the_rest_is_wrong),
		cmocka_unit_test(a_long_path_is_cut),
		cmocka_unit_test(the_text_needs_no_nul),
		cmocka_unit_test(an_enum_out_of_range_is_not_written),
		cmocka_unit_test(a_read_only_field_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
