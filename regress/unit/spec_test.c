#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "spec.h"
#include "spec_check.h"
#include "spec_release.h"

#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define SEALED \
	"{\"name\":\"TOKEN\",\"origin\":\"https://git.example\"," \
	"\"version\":3,\"scope\":1,\"box\":\"AAAA\"}"
#define LIMITS \
	"{\"memory\":1,\"nano_cpus\":2,\"pids\":3,\"time_s\":4,\"log\":5}"
#define JOB \
	"{\"project\":\"shop\",\"environment\":\"production\"," \
	"\"repo\":\"https://git.example/a/b\",\"branch\":\"main\"," \
	"\"commit\":\"" HEX40 "\",\"base\":\"" HEX64 "\"," \
	"\"path_filter\":\"src/**\",\"pending\":true," \
	"\"build_type\":\"dockerfile\",\"source_dir\":\"a/b\",\"git\":" SEALED \
	"}"
#define SOURCE \
	"{\"commit\":\"" HEX40 \
	"\",\"author\":\"A\",\"email\":\"a@b.example\"," \
	"\"subject\":\"s\",\"time_s\":-1,\"matched\":true,\"changed\":7," \
	"\"has_file\":true,\"lfs\":[\"a.bin\"],\"file\":\"{}\"}"
#define BUILD \
	"{\"project\":\"shop\",\"environment\":\"pr7\",\"build_type\":" \
	"\"image\"," \
	"\"image\":\"gradle:jdk17\",\"command\":[\"make\",\"\"]," \
	"\"runtime_image\":\"x\",\"working_directory\":\"a\"," \
	"\"commit\":\"" HEX40 "\",\"branch\":\"main\",\"cache_type\":\"npm\"," \
	"\"cache_paths\":[\"/root/.npm\"],\"trusted\":true,\"network\":true," \
	"\"env\":{\"A\":\"1\"},\"secrets\":[" SEALED \
	"],\"registries\":[" SEALED "],\"limits\":" LIMITS "}"
#define RESULT \
	"{\"image\":\"sha256:" HEX64 "\",\"runtime_image\":\"x@sha256:" HEX64 \
	"\",\"port\":80,\"has_output\":true,\"output_bytes\":9," \
	"\"has_healthcheck\":true}"
#define RELEASE \
	"{\"id\":1,\"build_id\":2,\"number\":3,\"commit\":\"" HEX40 "\"," \
	"\"image\":\"x\",\"command\":[\"run\"],\"has_output\":true," \
	"\"working_directory\":\"w\",\"env\":{\"A\":\"\",\"B\":\"2\"}," \
	"\"secrets\":[" SEALED "],\"limits\":" LIMITS ",\"health\":{" \
	"\"kind\":\"tcp\",\"path\":\"/h?x=1\",\"status\":204," \
	"\"timeout_ms\":1,\"interval_ms\":2,\"retries\":3,\"stay_up_ms\":4}," \
	"\"port\":8080,\"publish\":9001,\"publish_max\":9002," \
	"\"read_only\":true,\"registries\":[" SEALED "]}"
#define ENV \
	"{\"project\":\"shop\",\"environment\":\"production\"," \
	"\"prefix\":\"/shop\",\"hosts\":[\"shop.example\"],\"drain_ms\":1," \
	"\"slots\":{\"blue\":{\"want\":\"cold\",\"release\":" RELEASE "}," \
	"\"green\":{\"want\":\"active\",\"release\":" RELEASE "}}}"

static const struct {
	const struct schema *schema;
	const char *text;
} whole[] = {
	{ &spec_job_schema, JOB },
	{ &spec_source_schema, SOURCE },
	{ &spec_fetch_schema, "{\"job\":" JOB ",\"token\":\"t\"}" },
	{ &spec_build_schema, BUILD },
	{ &spec_result_schema, RESULT },
	{ &spec_release_schema, RELEASE },
	{ &spec_env_schema, ENV },
};

#define WHOLE (sizeof(whole) / sizeof(whole[0]))

static size_t
size_of(const struct schema_field *f)
{
	switch (f->type) {
	case SCHEMA_STRING:
		return f->size;
	case SCHEMA_TEXT:
		return sizeof(char *);
	case SCHEMA_INT:
		return sizeof(int64_t);
	case SCHEMA_BOOL:
	case SCHEMA_ENUM:
		return sizeof(int);
	case SCHEMA_OBJECT:
		return f->sub->size;
	default:
		return sizeof(struct schema_list);
	}
}

/* Each byte of the struct, but for padding, is in some field. */
static void
assert_covered(const struct schema *s)
{
	const struct schema_field *f;
	size_t end = 0, i;

	assert_true(s->fields_len <= 64);
	for (i = 0; i < s->fields_len; i++) {
		f = &s->fields[i];
		if (f->offset < end || f->offset - end >= 8)
			fail_msg("%s: gap before %s", s->name, f->name);
		if (f->size != size_of(f))
			fail_msg("%s: size of %s", s->name, f->name);
		end = f->offset + f->size;
		if (f->sub != NULL)
			assert_covered(f->sub);
	}
	if (s->size - end >= 8)
		fail_msg("%s: gap at the end", s->name);
}

/* The sample sets each field, in objects within too. */
static void
assert_all_set(const struct schema *s, struct json_object *o)
{
	struct json_object *v;
	size_t i;

	for (i = 0; i < s->fields_len; i++) {
		if (!json_object_object_get_ex(o, s->fields[i].name, &v))
			fail_msg("%s: %s", s->name, s->fields[i].name);
		if (s->fields[i].type == SCHEMA_OBJECTS)
			v = json_object_array_get_idx(v, 0);
		if (s->fields[i].sub != NULL)
			assert_all_set(s->fields[i].sub, v);
	}
}

static void
tables_cover_their_structs(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < WHOLE; i++)
		assert_covered(whole[i].schema);
}

static void
every_field_of_every_spec_comes_back(void **unused)
{
	struct schema_error e;
	struct json_object *o;
	void *spec;
	char *out;
	size_t i, len;

	(void)unused;
	for (i = 0; i < WHOLE; i++) {
		len = strlen(whole[i].text);
		o = schema_json(whole[i].text, len, &e);
		assert_non_null(o);
		assert_all_set(whole[i].schema, o);
		json_object_put(o);
		spec = malloc(whole[i].schema->size);
		assert_non_null(spec);
		if (schema_parse(whole[i].schema, whole[i].text, len, spec,
			NULL, &e) == -1)
			fail_msg("%s: %s %s", whole[i].schema->name, e.field,
			    e.reason);
		out = schema_print(whole[i].schema, spec, NULL);
		assert_string_equal(out, whole[i].text);
		free(out);
		schema_free(whole[i].schema, spec);
		free(spec);
	}
}

static void
slots_lie_where_their_numbers_say(void **unused)
{
	struct schema_error e;
	struct spec_env env;

	(void)unused;
	assert_int_equal(schema_parse(&spec_env_schema, ENV, strlen(ENV), &env,
			     NULL, &e),
	    0);
	assert_int_equal(env.slots[SLOT_BLUE].want, WANT_COLD);
	assert_int_equal(env.slots[SLOT_GREEN].want, WANT_ACTIVE);
	assert_string_equal(env.slots[SLOT_GREEN].release.health.path,
	    "/h?x=1");
	schema_free(&spec_env_schema, &env);
}

static void
an_empty_environment_is_a_document(void **unused)
{
	struct schema_error e;
	struct spec_env env, again;
	char *text;
	size_t len;

	(void)unused;
	memset(&env, 0, sizeof(env));
	memcpy(env.project, "shop", 5);
	memcpy(env.environment, "production", 11);
	text = schema_print(&spec_env_schema, &env, &len);
	assert_non_null(text);
	if (schema_parse(&spec_env_schema, text, len, &again, NULL, &e) == -1)
		fail_msg("%s %s", e.field, e.reason);
	assert_memory_equal(&env, &again, sizeof(env));
	free(text);
}

static void
a_credential_is_absent_or_a_box(void **unused)
{
	static const char text[] =
	    "{\"project\":\"shop\",\"environment\":\"production\","
	    "\"repo\":\"/srv/a\",\"branch\":\"main\","
	    "\"build_type\":\"command\"}";
	struct schema_error e;
	struct spec_job job;
	char *out;

	(void)unused;
	assert_int_equal(schema_parse(&spec_job_schema, text, strlen(text),
			     &job, NULL, &e),
	    0);
	assert_null(job.git.box);
	out = schema_print(&spec_job_schema, &job, NULL);
	assert_string_equal(out, text);
	free(out);
}

static void
a_mistake_in_a_slot_has_its_path(void **unused)
{
	static const char text[] =
	    "{\"project\":\"shop\",\"environment\":\"production\","
	    "\"slots\":{\"blue\":{\"want\":\"empty\",\"release\":"
	    "{\"health\":{\"kind\":\"tcp\"},\"port\":65536}},"
	    "\"green\":{\"want\":\"empty\"}}}";
	struct schema_error e;
	struct spec_env env;

	(void)unused;
	assert_int_equal(schema_parse(&spec_env_schema, text, strlen(text),
			     &env, NULL, &e),
	    -1);
	assert_string_equal(e.field, "slots.blue.release.port");
	assert_string_equal(e.reason, "must be from 0 to 65535");
}

static void
strings_follow_their_rules(void **unused)
{
	(void)unused;
	assert_null(spec_check_dir("a/b.c/d-e"));
	assert_null(spec_check_dir("..."));
	assert_non_null(spec_check_dir("/a"));
	assert_non_null(spec_check_dir("a/"));
	assert_non_null(spec_check_dir("a//b"));
	assert_non_null(spec_check_dir("a/../b"));
	assert_non_null(spec_check_dir(".."));
	assert_non_null(spec_check_dir("./a"));
	assert_non_null(spec_check_dir("a\\b"));
	assert_non_null(spec_check_dir("a\nb"));
	assert_null(spec_check_path("/"));
	assert_null(spec_check_path("/health?deep=1"));
	assert_non_null(spec_check_path("health"));
	assert_non_null(spec_check_path("//evil.example/"));
	assert_non_null(spec_check_path("/a b"));
	assert_non_null(spec_check_path("/a\r\nHost: x"));
	assert_non_null(spec_check_path("/\xc3\xbc"));
	assert_null(spec_check_variable("_A1"));
	assert_non_null(spec_check_variable(""));
	assert_non_null(spec_check_variable("1A"));
	assert_non_null(spec_check_variable("A=B"));
	assert_non_null(spec_check_variable("A-B"));
	assert_null(spec_check_word("npm-ci"));
	assert_non_null(spec_check_word("a/b"));
	assert_null(spec_check_image_or_id("sha256:" HEX64));
	assert_non_null(spec_check_image("sha256:" HEX64));
	assert_non_null(spec_check_image_or_id("sha256:" HEX64 "0"));
	assert_string_equal(spec_check_filter("a,,b"), "has an empty glob");
	assert_null(spec_check_filter("a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_cover_their_structs),
		cmocka_unit_test(every_field_of_every_spec_comes_back),
		cmocka_unit_test(slots_lie_where_their_numbers_say),
		cmocka_unit_test(an_empty_environment_is_a_document),
		cmocka_unit_test(a_credential_is_absent_or_a_box),
		cmocka_unit_test(a_mistake_in_a_slot_has_its_path),
		cmocka_unit_test(strings_follow_their_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
