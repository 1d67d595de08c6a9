#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "projectfile.h"
#include "schema.h"
#include "spec_file.h"
#include "words.h"

static struct projectfile_error error;

static struct json_object *
read_as(enum projectfile_from from, const char *text)
{
	return projectfile_parse("cid.toml", text, strlen(text), from, &error);
}

static void
expect(const char *text, const char *json)
{
	struct json_object *o = read_as(PROJECTFILE_REPOSITORY, text);

	assert_string_equal(error.text, "");
	assert_non_null(o);
	assert_string_equal(json_object_to_json_string_ext(o,
				JSON_C_TO_STRING_NOSLASHESCAPE),
	    json);
	json_object_put(o);
}

static void
the_documented_example_is_read(void **unused)
{
	(void)unused;
	expect("[project]\n"
	       "name = \"my-backend\"\n"
	       "repo = \"username/my-spring-boot-app\"\n"
	       "path_filter = \"backend/**\"\n"
	       "branch = \"main\"\n"
	       "[build]\n"
	       "image = \"gradle:jdk17\"\n"
	       "cache_type = \"gradle\"\n"
	       "command = \"\"\"\n"
	       "cd /app && ./gradlew\n"
	       "\"\"\"\n"
	       "[deploy]\n"
	       "image = \"eclipse-temurin:17-jre\"\n"
	       "command = \"java -jar /app/app.jar\"\n"
	       "health_check = \"/actuator/health\"\n",
	    "{\"name\":\"my-backend\",\"repo\":\"username/my-spring-boot-app\","
	    "\"branch\":\"main\",\"path_filter\":\"backend/**\","
	    "\"build_image\":\"gradle:jdk17\",\"build_command\":[\"/bin/sh\","
	    "\"-c\",\"cd /app && ./gradlew\\n\"],\"cache_type\":\"gradle\","
	    "\"runtime_image\":\"eclipse-temurin:17-jre\","
	    "\"runtime_command\":[\"/bin/sh\",\"-c\","
	    "\"java -jar /app/app.jar\"],\"health_kind\":\"http\","
	    "\"health_check_url\":\"/actuator/health\"}");
}

static void
values_are_read_as_people_write_them(void **unused)
{
	(void)unused;
	expect("", "{}");
	expect("[build]\ncommand = [\"make\", \"all\"]\ntimeout = \"30m\"\n"
	       "limits = { memory = \"512m\", cpus = 0.5, pids = 100 }\n",
	    "{\"build_command\":[\"make\",\"all\"],"
	    "\"build_memory\":536870912,\"build_nano_cpus\":500000000,"
	    "\"build_pids\":100,\"build_timeout\":1800}");
	expect("[deploy]\nhealth_check = \"tcp\"\nport = 80\n"
	       "health_check_interval = 2\n[deploy.limits]\ncpus = 2\n",
	    "{\"runtime_port\":80,\"health_kind\":\"tcp\","
	    "\"health_check_interval\":2,\"nano_cpus\":2000000000}");
	expect("[env]\nA = \"b\"\n", "{\"env\":{\"A\":\"b\"}}");
}

static void
an_error_names_line_and_column(void **unused)
{
	static const struct {
		const char *text;
		const char *error;
	} bad[] = {
		{ "[build]\n  imagee = \"x\"\n",
		    "cid.toml:2:3: unknown key \"imagee\" in [build]" },
		{ "[build]\n\nimage = 1\n",
		    "cid.toml:3:1: image must be a string" },
		{ "[build]\ncommand = [\"a\", 1]\n",
		    "cid.toml:2:1: command[1] must be a string" },
		{ "[build]\ncommand = \" \"\n",
		    "cid.toml:2:1: command is empty" },
		{ "[build]\nimage =\n",
		    "cid.toml:2:8: Error while parsing key-value pair: "
		    "expected value, saw '\\n'" },
		{ "[build]\nimage = \"a\"\nimage = \"b\"\n",
		    "cid.toml:3:9: Error while parsing key-value pair: "
		    "cannot redefine existing string 'image'" },
		{ "[deploy.limits]\nmemory = 512\n",
		    "cid.toml:2:1: memory is below \"6m\", the least there "
		    "is" },
		{ "[build.limits]\nmemory = \"1x\"\n",
		    "cid.toml:2:1: memory must be bytes, or like \"512m\" or "
		    "\"2g\"" },
		{ "[build.limits]\ncpus = \"a\"\n",
		    "cid.toml:2:1: cpus must be a number such as 0.5" },
		{ "[deploy]\nport = 70000\n",
		    "cid.toml:2:1: port must be from 0 to 65535" },
		{ "[deploy]\nhealth_check = \"soon\"\n",
		    "cid.toml:2:1: health_check must be a path, \"tcp\", "
		    "\"running\" or \"image\"" },
		{ "[env]\nA = 1\n", "cid.toml:2:1: env.A must be a string" },
		{ "[env]\nA = 2026-01-01\n",
		    "cid.toml:2:5: a date or time needs quotes around it" },
		{ "build = 1\n",
		    "cid.toml:1:1: build must be a table: "
		    "[build]" },
		{ "[step]\n", "cid.toml:1:2: unknown table \"step\"" },
		{ "colour = 1\n", "cid.toml:1:1: unknown key \"colour\"" },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(read_as(PROJECTFILE_REPOSITORY, bad[i].text));
		assert_string_equal(error.text, bad[i].error);
		assert_false(error.is_forbidden);
	}
}

static void
a_repository_does_not_set_what_protects_it(void **unused)
{
	static const char *const bad[] = {
		"secrets = [\"A\"]\n",
		"[secrets]\nA = \"b\"\n",
		"[deploy]\ndomains = [\"example.com\"]\n",
		"[deploy]\nvolumes = [\"data\"]\n",
		"[project]\nprotected = false\n",
		"[project]\npriority = 9\n",
		"[deploy]\npromote = \"auto\"\n",
	};
	struct json_object *o;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(read_as(PROJECTFILE_REPOSITORY, bad[i]));
		assert_true(error.is_forbidden);
	}
	o = read_as(PROJECTFILE_PERSON, "[deploy]\npromote = \"manual\"\n");
	assert_non_null(o);
	json_object_put(o);
	assert_null(read_as(PROJECTFILE_PERSON, "secrets = [\"A\"]\n"));
	assert_false(error.is_forbidden);
}

static void
a_reader_learns_which_fields_are_set(void **unused)
{
	static const char json[] = "{\"network\":false,\"runtime_port\":80}";
	struct schema_error e;
	struct spec_file f;
	uint64_t present;

	(void)unused;
	assert_int_equal(schema_parse(&spec_file_schema, json, sizeof(json) - 1,
			     &f, &present, &e),
	    0);
	assert_true(SPEC_FILE_HAS(present, NETWORK));
	assert_true(SPEC_FILE_HAS(present, RUNTIME_PORT));
	assert_false(SPEC_FILE_HAS(present, READ_ONLY));
	assert_int_equal(f.runtime_port, 80);
	schema_free(&spec_file_schema, &f);
}

static void
sizes_that_overflow_are_refused(void **unused)
{
	const char *why;
	int64_t n;

	(void)unused;
	assert_int_equal(words_size("2g", &n, &why), 0);
	assert_int_equal(n, 2147483648);
	assert_int_equal(words_duration("2h", &n, &why), 0);
	assert_int_equal(n, 7200);
	assert_int_equal(words_size("9223372036854775807k", &n, &why), -1);
	assert_int_equal(words_size("99999999999999999999", &n, &why), -1);
	assert_int_equal(words_size("-1", &n, &why), -1);
	assert_int_equal(words_size("", &n, &why), -1);
	assert_int_equal(words_size("1mb", &n, &why), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_example_is_read),
		cmocka_unit_test(values_are_read_as_people_write_them),
		cmocka_unit_test(an_error_names_line_and_column),
		cmocka_unit_test(a_repository_does_not_set_what_protects_it),
		cmocka_unit_test(a_reader_learns_which_fields_are_set),
		cmocka_unit_test(sizes_that_overflow_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
