/*
 * What a person gives is sealed so that cid-builder, and only for what it
 * was given for, can open it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "conf.h"
#include "db.h"
#include "db_env.h"
#include "db_project.h"
#include "msg_conf.h"
#include "project_input.h"
#include "project_secret.h"
#include "request.h"
#include "schema.h"
#include "seal.h"
#include "spec.h"
#include "spec_file.h"

static const char instance[] = "01234567-89ab-cdef-0123-456789abcdef";
static uint8_t pk[CONF_KEY_LEN], sk[CONF_KEY_LEN];
static struct project project;
static struct environment env;
static char dir[64];

static int
open_database(void **unused)
{
	struct msg_conf_api c;

	(void)unused;
	assert_int_equal(seal_init(), 0);
	seal_keypair(pk, sk);
	memset(&c, 0, sizeof(c));
	strlcpy(c.instance, instance, sizeof(c.instance));
	memcpy(c.builder_key, pk, sizeof(pk));
	conf_set(&c);
	strlcpy(dir, "/tmp/secret_test.XXXXXX", sizeof(dir));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(db_open(dir), 0);
	project.team_id = 1;
	strlcpy(project.name, "hello", sizeof(project.name));
	strlcpy(project.repo_url, "https://git.example.com/hello",
	    sizeof(project.repo_url));
	assert_int_equal(db_project_add(&project), 0);
	env.project_id = project.id;
	strlcpy(env.name, "production", sizeof(env.name));
	return db_env_add(&env, 8);
}

static int
close_database(void **unused)
{
	static const char *const files[] = { "", "-wal", "-shm" };
	char path[128];
	size_t i;

	(void)unused;
	db_close();
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/cid.db%s", dir, files[i]);
		unlink(path);
	}
	return rmdir(dir);
}

/* Read a request and store what it gives, as the handlers do. */
static void
give(const char *json)
{
	struct actor who = { .role = ROLE_OWNER, .name = "test" };
	struct project_input in;
	struct schema_error e;
	uint64_t present;

	assert_int_equal(schema_parse(&project_input_schema, json, strlen(json),
			     &in, &present, &e),
	    0);
	assert_int_equal(db_env_get(env.id, &env), 1);
	assert_int_equal(project_seal_credentials(&project, &in, present), 0);
	assert_int_equal(project_seal_variables(&project, &env, &in, present,
			     &who),
	    0);
	assert_int_equal(db_env_get(env.id, &env), 1);
	schema_free(&project_input_schema, &in);
}

/* Open a box as cid-builder does.  NULL when it can't be. */
static char *
open_box(const struct spec_sealed *s, enum seal_kind kind,
    const char *environment, uint32_t scope)
{
	static char value[256];
	struct seal_context c;
	char *text;
	size_t len;

	memset(&c, 0, sizeof(c));
	c.kind = kind;
	c.project_id = (uint64_t)project.id;
	c.version = (uint32_t)s->version;
	c.scope = scope;
	strlcpy(c.instance, instance, sizeof(c.instance));
	strlcpy(c.environment, environment, sizeof(c.environment));
	strlcpy(c.name, s->name, sizeof(c.name));
	strlcpy(c.origin, s->origin, sizeof(c.origin));
	if (seal_open(pk, sk, s->box, &c, &text, &len) == -1)
		return NULL;
	strlcpy(value, text, sizeof(value));
	free(text);
	return value;
}

static void
a_token_opens_for_its_repository(void **unused)
{
	struct spec_sealed s;

	(void)unused;
	give("{\"git_token\":\"tok\"}");
	assert_int_equal(db_credential_git(project.id, &s), 1);
	assert_true(seal_covers(s.origin, project.repo_url));
	assert_string_equal(open_box(&s, SEAL_GIT, "", 0), "tok");
	assert_null(open_box(&s, SEAL_REGISTRY, "", 0));
	strlcpy(s.origin, "https://evil.example.com", sizeof(s.origin));
	assert_null(open_box(&s, SEAL_GIT, "", 0));
	db_sealed_free(&s, 1);
	give("{\"repo\":\"octo/other\"}");
	assert_int_equal(db_credential_git(project.id, &s), 0);
}

static void
a_login_opens_for_its_registry(void **unused)
{
	struct schema_list l;
	struct spec_sealed *s;

	(void)unused;
	give("{\"registry_auth\":[{\"server\":\"Reg.example.com:5000\","
	     "\"user\":\"me\",\"password\":\"p:w\"}]}");
	assert_int_equal(db_credential_registries(project.id, &l), 0);
	assert_int_equal(l.len, 1);
	s = l.items;
	assert_string_equal(s->origin, "https://reg.example.com:5000");
	assert_string_equal(open_box(s, SEAL_REGISTRY, "", 0), "me:p:w");
	db_sealed_free(s, 1);
	free(s);
	give("{\"registry_auth\":[]}");
	assert_int_equal(db_credential_registries(project.id, &l), 0);
	assert_int_equal(l.len, 0);
}

static const char *
secret(const char *name)
{
	struct schema_list l;
	struct spec_sealed *s;
	const char *value = NULL;
	size_t i;

	assert_int_equal(db_env_secrets(env.id, env.env_version, SEAL_RUN, &l),
	    0);
	s = l.items;
	for (i = 0; i < l.len; i++) {
		if (strcmp(s[i].name, name) != 0)
			continue;
		value = open_box(&s[i], SEAL_ENV, "production", SEAL_RUN);
		assert_non_null(value);
		assert_null(open_box(&s[i], SEAL_ENV, "staging", SEAL_RUN));
		value = open_box(&s[i], SEAL_ENV, "production", SEAL_BUILD);
	}
	db_sealed_free(s, l.len);
	free(s);
	return value;
}

static void
secrets_stay_until_they_are_taken_away(void **unused)
{
	struct env_version v;
	int64_t version;

	(void)unused;
	give("{\"secrets\":{\"A\":\"1\",\"B\":\"2\"},\"env\":{\"M\":\"x\"}}");
	version = env.env_version;
	assert_string_equal(secret("A"), "1");
	give("{\"secrets\":{\"B\":\"3\",\"C\":\"4\"}}");
	assert_int_equal(env.env_version, version + 1);
	assert_string_equal(secret("A"), "1");
	assert_string_equal(secret("B"), "3");
	assert_string_equal(secret("C"), "4");
	assert_int_equal(db_env_version_get(env.id, env.env_version, &v), 1);
	assert_int_equal(v.env.len, 2);
	assert_string_equal(((char **)v.env.items)[1], "x");
	db_env_version_free(&v);
	give("{\"secrets\":{\"A\":\"\"}}");
	assert_null(secret("A"));
	assert_string_equal(secret("B"), "3");
	version = env.env_version;
	give("{\"branch\":\"main\"}");
	assert_int_equal(env.env_version, version);
}

static void
a_file_sets_what_the_api_knows(void **unused)
{
	size_t i, k;
	int found;

	(void)unused;
	for (i = 0; i < spec_file_schema.fields_len; i++) {
		for (found = 0, k = 0; k < project_input_schema.fields_len; k++)
			found |= strcmp(spec_file_schema.fields[i].name,
				     project_input_schema.fields[k].name) == 0;
		assert_true(found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_opens_for_its_repository),
		cmocka_unit_test(a_login_opens_for_its_registry),
		cmocka_unit_test(secrets_stay_until_they_are_taken_away),
		cmocka_unit_test(a_file_sets_what_the_api_knows),
	};

	return cmocka_run_group_tests_name("project_secret", tests,
	    open_database, close_database);
}
