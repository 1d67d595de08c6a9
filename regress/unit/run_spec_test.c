#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "pairs.h"
#include "run_spec.h"

#define HASH "0123456789abcdef0123456789abcdef01234567"

static char *build_argv[] = { "/bin/sh", "-c", "make" };
static char *run_argv[] = { "./app" };
static char *var_items[] = { "LEVEL", "info", "TOKEN", "plain" };

static struct project project;
static struct environment env;
static struct build build;
static struct schema_list vars;
static struct schema_list none;
static struct spec_sealed secret = { .name = "TOKEN",
	.version = 1,
	.scope = 3,
	.box = "Ym94" };
static struct schema_list secrets = { &secret, 1 };

static int
set_up(void **unused)
{
	(void)unused;
	memset(&project, 0, sizeof(project));
	strcpy(project.name, "shop");
	strcpy(project.repo, "baxter/shop");
	strcpy(project.branch, "main");
	strcpy(project.build_image, "node:18");
	project.build_command.items = build_argv;
	project.build_command.len = 3;
	strcpy(project.runtime_image, "node:18-slim");
	project.runtime_command.items = run_argv;
	project.runtime_command.len = 1;
	project.network = 1;
	memset(&env, 0, sizeof(env));
	strcpy(env.name, "production");
	env.is_protected = 1;
	memset(&build, 0, sizeof(build));
	build.id = 31;
	build.number = 4;
	build.ref = 7;
	strcpy(build.branch, "main");
	strcpy(build.commit, HASH);
	vars.items = var_items;
	vars.len = 4;
	return 0;
}

static enum reason
make(const char *file, struct run_spec *s, char why[RUN_WHY_MAX])
{
	struct run_spec_in in = { .project = &project,
		.env = &env,
		.build = &build,
		.file = file,
		.vars = &vars,
		.build_secrets = &secrets,
		.registries = &none,
		.build_timeout_s = 1800 };

	return run_spec_make(&in, s, why);
}

static void
must_make(const char *file, struct run_spec *s)
{
	char why[RUN_WHY_MAX];

	if (make(file, s, why) != REASON_NONE)
		fail_msg("%s", why);
}

static void
must_refuse(const char *file, enum reason r, const char *why_part)
{
	char why[RUN_WHY_MAX];
	struct run_spec s;

	assert_int_equal(make(file, &s, why), r);
	if (strstr(why, why_part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why, why_part);
}

static void
settings_alone_make_a_build(void **unused)
{
	struct run_spec s;

	(void)unused;
	must_make(NULL, &s);
	assert_string_equal(s.build.image, "node:18");
	assert_string_equal(s.build.runtime_image, "node:18-slim");
	assert_int_equal(s.build.command.len, 3);
	assert_string_equal(s.build.cache_type, "none");
	assert_int_equal(s.build.limits.time_s, 1800);
	assert_true(s.build.trusted && s.build.network);
	assert_string_equal(pairs_get(&s.build.env, "CI"), "true");
	assert_string_equal(pairs_get(&s.build.env, "CID_BUILD"), "4");
	assert_string_equal(pairs_get(&s.build.env, "CID_COMMIT"), HASH);
	assert_string_equal(pairs_get(&s.build.env, "LEVEL"), "info");
	assert_true(s.release.limits.memory == RUN_MEMORY);
	assert_true(s.release.limits.nano_cpus == RUN_NANO_CPUS);
	assert_int_equal(s.release.health.kind, HEALTH_HTTP);
	assert_string_equal(s.release.health.path, "/");
	assert_int_equal(s.release.health.timeout_ms, 30000);
	assert_int_equal(s.release.health.interval_ms, 5000);
	assert_int_equal(s.release.health.retries, 10);
	schema_free(&run_spec_schema, &s);
}

static void
the_file_decides_image_command_and_health(void **unused)
{
	struct run_spec s;

	(void)unused;
	must_make("{\"build_image\":\"golang:1.22\","
		  "\"build_command\":[\"go\",\"build\"],\"cache_type\":\"go\","
		  "\"runtime_image\":\"busybox\",\"runtime_command\":[\"./x\"],"
		  "\"health_check_url\":\"/up\",\"health_check_retries\":3,"
		  "\"runtime_port\":9000,\"env\":{\"LEVEL\":\"debug\","
		  "\"EXTRA\":\"1\"}}",
	    &s);
	assert_string_equal(s.build.image, "golang:1.22");
	assert_int_equal(s.build.command.len, 2);
	assert_string_equal(s.build.cache_type, "go");
	assert_string_equal(s.build.runtime_image, "busybox");
	assert_string_equal(s.release.health.path, "/up");
	assert_int_equal(s.release.health.retries, 3);
	assert_int_equal(s.release.port, 9000);
	assert_string_equal(pairs_get(&s.build.env, "EXTRA"), "1");
	assert_string_equal(pairs_get(&s.build.env, "LEVEL"), "info");
	schema_free(&run_spec_schema, &s);
}

static void
the_file_may_lower_a_limit_only(void **unused)
{
	struct run_spec s;

	(void)unused;
	must_make("{\"memory\":1048576,\"pids\":0,\"build_memory\":99}", &s);
	assert_true(s.release.limits.memory == 1048576);
	assert_true(s.release.limits.pids == RUN_PIDS);
	assert_true(s.build.limits.memory == 99);
	schema_free(&run_spec_schema, &s);
	must_refuse("{\"memory\":536870913}", REASON_SPEC_FORBIDDEN_KEY,
	    "memory is above the project's 536870912");
	project.build.time_s = 60;
	must_refuse("{\"build_timeout\":61}", REASON_SPEC_FORBIDDEN_KEY,
	    "build_timeout");
	project.network = 0;
	must_refuse("{\"network\":true}", REASON_SPEC_FORBIDDEN_KEY, "network");
}

static void
the_file_may_repeat_the_project_only(void **unused)
{
	struct run_spec s;

	(void)unused;
	must_make("{\"name\":\"shop\",\"branch\":\"main\","
		  "\"build_type\":\"command\"}",
	    &s);
	schema_free(&run_spec_schema, &s);
	must_refuse("{\"name\":\"else\"}", REASON_SPEC_FORBIDDEN_KEY,
	    "name differs");
	must_refuse("{\"path_filter\":\"a/**\"}", REASON_SPEC_FORBIDDEN_KEY,
	    "path_filter");
	must_refuse("{\"build_type\":\"dockerfile\"}",
	    REASON_SPEC_FORBIDDEN_KEY, "build_type");
	must_refuse("{\"promote\":\"manual\"}", REASON_SPEC_FORBIDDEN_KEY,
	    "promote");
	must_refuse("{\"priority\":0}", REASON_SPEC_FORBIDDEN_KEY, "priority");
	project.read_only = 1;
	must_refuse("{\"read_only\":false}", REASON_SPEC_FORBIDDEN_KEY,
	    "read_only");
}

static void
a_wrong_file_says_where(void **unused)
{
	(void)unused;
	must_refuse("{", REASON_SPEC_INVALID, "cid.toml");
	must_refuse("{\"x\":1}", REASON_SPEC_INVALID, "x");
	must_refuse("{\"build_image\":7}", REASON_SPEC_INVALID, "build_image");
	must_refuse("{\"build_image\":\"-\"}", REASON_SPEC_INVALID,
	    "build_image");
	must_refuse("{\"env\":{\"PORT\":\"1\"}}", REASON_SPEC_INVALID,
	    "env.PORT");
	must_refuse("{\"env\":{\"CID_BUILD\":\"1\"}}", REASON_SPEC_INVALID,
	    "env.CID_BUILD");
}

static void
what_is_missing_is_named(void **unused)
{
	(void)unused;
	project.build_image[0] = '\0';
	must_refuse("", REASON_SPEC_INCOMPLETE, "image to build in");
	strcpy(project.build_image, "node:18");
	project.build_command.len = 0;
	must_refuse("", REASON_SPEC_INCOMPLETE, "build command");
	project.build_type = BUILD_IMAGE;
	project.runtime_image[0] = '\0';
	must_refuse("", REASON_SPEC_INCOMPLETE, "image to run");
}

static void
without_a_runtime_image_the_build_image_runs(void **unused)
{
	struct run_spec s;

	(void)unused;
	project.runtime_image[0] = '\0';
	must_make("", &s);
	assert_string_equal(s.build.runtime_image, "node:18");
	schema_free(&run_spec_schema, &s);
}

static void
a_secret_hides_the_plain_value_of_its_name(void **unused)
{
	struct run_spec s;

	(void)unused;
	must_make("", &s);
	assert_null(pairs_get(&s.build.env, "TOKEN"));
	assert_int_equal(s.build.secrets.len, 1);
	schema_free(&run_spec_schema, &s);
}

static void
the_document_reads_back(void **unused)
{
	struct schema_error e;
	struct run_spec s, back;
	char *text, *again;
	size_t len;

	(void)unused;
	must_make("{\"env\":{\"A\":\"\"}}", &s);
	assert_non_null(text = schema_print(&run_spec_schema, &s, &len));
	if (schema_parse(&run_spec_schema, text, len, &back, NULL, &e) == -1)
		fail_msg("%s %s", e.field, e.reason);
	assert_non_null(again = schema_print(&run_spec_schema, &back, NULL));
	assert_string_equal(text, again);
	free(text);
	free(again);
	schema_free(&run_spec_schema, &s);
	schema_free(&run_spec_schema, &back);
}

static struct run_release_in
release_of(const struct run_spec *s, const struct spec_result *result)
{
	struct run_release_in in = { .spec = s,
		.result = result,
		.project = &project,
		.env = &env,
		.build = &build,
		.vars = &vars,
		.run_secrets = &secrets,
		.registries = &none,
		.url = "http://localhost:8080/shop/",
		.slot = SLOT_GREEN,
		.publish = 9012,
		.publish_max = 9999 };

	return in;
}

static void
a_release_tells_its_app_the_port(void **unused)
{
	struct spec_result result = { .runtime_image = "busybox@sha256:x",
		.has_output = 1 };
	struct run_release_in in;
	struct spec_release r;
	struct run_spec s;

	(void)unused;
	must_make("{\"env\":{\"EXTRA\":\"1\"}}", &s);
	in = release_of(&s, &result);
	assert_int_equal(run_release_make(&in, &r), 0);
	assert_int_equal(r.port, 8080);
	assert_string_equal(pairs_get(&r.env, "PORT"), "8080");
	assert_string_equal(pairs_get(&r.env, "CID_SLOT"), "green");
	assert_string_equal(pairs_get(&r.env, "EXTRA"), "1");
	assert_string_equal(pairs_get(&r.env, "LEVEL"), "info");
	assert_null(pairs_get(&r.env, "TOKEN"));
	assert_null(pairs_get(&r.env, "CI"));
	assert_true(r.number == 7 && r.build_id == 31 && r.id == 0);
	assert_string_equal(r.image, result.runtime_image);
	assert_true(r.has_output);
	schema_free(&spec_release_schema, &r);
	result.port = 3000;
	assert_int_equal(run_release_make(&in, &r), 0);
	assert_string_equal(pairs_get(&r.env, "PORT"), "3000");
	schema_free(&spec_release_schema, &r);
	s.release.port = 4000;
	assert_int_equal(run_release_make(&in, &r), 0);
	assert_string_equal(pairs_get(&r.env, "PORT"), "4000");
	schema_free(&spec_release_schema, &r);
	schema_free(&run_spec_schema, &s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(settings_alone_make_a_build, set_up),
		cmocka_unit_test_setup(
		    the_file_decides_image_command_and_health, set_up),
		cmocka_unit_test_setup(the_file_may_lower_a_limit_only, set_up),
		cmocka_unit_test_setup(the_file_may_repeat_the_project_only,
		    set_up),
		cmocka_unit_test_setup(a_wrong_file_says_where, set_up),
		cmocka_unit_test_setup(what_is_missing_is_named, set_up),
		cmocka_unit_test_setup(
		    without_a_runtime_image_the_build_image_runs, set_up),
		cmocka_unit_test_setup(
		    a_secret_hides_the_plain_value_of_its_name, set_up),
		cmocka_unit_test_setup(the_document_reads_back, set_up),
		cmocka_unit_test_setup(a_release_tells_its_app_the_port,
		    set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
