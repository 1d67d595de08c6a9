#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "seal.h"

static uint8_t pk[CONF_KEY_LEN], sk[CONF_KEY_LEN];

static int
make_keys(void **unused)
{
	(void)unused;
	if (seal_init() == -1)
		return -1;
	seal_keypair(pk, sk);
	return 0;
}

static struct seal_context
context(void)
{
	struct seal_context c = {
		.kind = SEAL_ENV,
		.instance = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
		.project_id = 7,
		.environment = "production",
		.name = "API_TOKEN",
		.origin = "",
		.version = 3,
		.scope = SEAL_BUILD | SEAL_RUN,
	};

	return c;
}

static int
opens(const char *sealed, const struct seal_context *c)
{
	char *value = NULL;
	size_t len;

	if (seal_open(pk, sk, sealed, c, &value, &len) == -1)
		return 0;
	free(value);
	return 1;
}

static void
a_value_comes_back(void **unused)
{
	struct seal_context c = context();
	char *sealed, *value;
	size_t len;

	(void)unused;
	sealed = seal_make(pk, &c, "a\0b", 3);
	assert_non_null(sealed);
	assert_int_equal(seal_open(pk, sk, sealed, &c, &value, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(value, "a\0b", 4);
	free(value);
	free(sealed);
	sealed = seal_make(pk, &c, NULL, 0);
	assert_int_equal(seal_open(pk, sk, sealed, &c, &value, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(value, "");
	free(value);
	free(sealed);
}

static void
a_box_for_something_else_stays_shut(void **unused)
{
	struct seal_context c = context(), other;
	char *sealed = seal_make(pk, &c, "v", 1);

	(void)unused;
	assert_true(opens(sealed, &c));
	other = c;
	other.kind = SEAL_GIT;
	assert_false(opens(sealed, &other));
	other = c;
	other.instance[0] = 'f';
	assert_false(opens(sealed, &other));
	other = c;
	other.project_id = 8;
	assert_false(opens(sealed, &other));
	other = c;
	strlcpy(other.environment, "pr7", sizeof(other.environment));
	assert_false(opens(sealed, &other));
	other = c;
	strlcpy(other.name, "API_TOKE", sizeof(other.name));
	assert_false(opens(sealed, &other));
	other = c;
	strlcpy(other.origin, "https://git.example", sizeof(other.origin));
	assert_false(opens(sealed, &other));
	other = c;
	other.version = 2;
	assert_false(opens(sealed, &other));
	free(sealed);
}

/* Moving a byte from one field to the next makes another context. */
static void
fields_do_not_run_together(void **unused)
{
	struct seal_context c = context(), other;
	char *sealed;

	(void)unused;
	sealed = seal_make(pk, &c, "v", 1);
	other = c;
	strlcpy(other.environment, "productio", sizeof(other.environment));
	strlcpy(other.name, "nAPI_TOKEN", sizeof(other.name));
	assert_false(opens(sealed, &other));
	free(sealed);
}

static void
the_scope_may_be_wider_than_the_use(void **unused)
{
	struct seal_context c = context();
	char *both = seal_make(pk, &c, "v", 1), *run;

	(void)unused;
	c.scope = SEAL_RUN;
	run = seal_make(pk, &c, "v", 1);
	assert_true(opens(run, &c));
	assert_true(opens(both, &c));
	c.scope = SEAL_BUILD;
	assert_false(opens(run, &c));
	assert_true(opens(both, &c));
	c.scope = SEAL_BUILD | SEAL_RUN;
	assert_false(opens(run, &c));
	free(both);
	free(run);
}

static void
only_the_owner_of_the_key_opens(void **unused)
{
	uint8_t pk2[CONF_KEY_LEN], sk2[CONF_KEY_LEN];
	struct seal_context c = context();
	char *sealed = seal_make(pk, &c, "v", 1), *value;
	size_t len;

	(void)unused;
	seal_keypair(pk2, sk2);
	assert_int_equal(seal_open(pk2, sk2, sealed, &c, &value, &len), -1);
	free(sealed);
}

static void
a_broken_box_stays_shut(void **unused)
{
	struct seal_context c = context();
	char *sealed = seal_make(pk, &c, "value", 5);
	size_t i, len = strlen(sealed);
	char old;

	(void)unused;
	for (i = 0; i < len && sealed[i] != '='; i++) {
		old = sealed[i];
		sealed[i] = old == 'A' ? 'B' : 'A';
		assert_false(opens(sealed, &c));
		sealed[i] = ' ';
		assert_false(opens(sealed, &c));
		sealed[i] = '\0';
		assert_false(opens(sealed, &c));
		sealed[i] = old;
	}
	assert_true(opens(sealed, &c));
	free(sealed);
}

static void
a_value_is_bounded(void **unused)
{
	struct seal_context c = context();
	char *big = calloc(1, SEAL_VALUE_MAX + 1), *sealed;

	(void)unused;
	assert_null(seal_make(pk, &c, big, SEAL_VALUE_MAX + 1));
	sealed = seal_make(pk, &c, big, SEAL_VALUE_MAX);
	assert_true(opens(sealed, &c));
	free(sealed);
	free(big);
}

static void
a_credential_goes_nowhere_else(void **unused)
{
	static const char o[] = "https://git.example";
	static const char deep[] = "https://git.example/team";

	(void)unused;
	assert_true(seal_covers(o, "https://git.example"));
	assert_true(seal_covers(o, "https://git.example/"));
	assert_true(seal_covers(o, "https://git.example/a/b%20c.git"));
	assert_true(seal_covers("https://git.example/",
	    "https://git.example/"
	    "a"));
	assert_true(seal_covers(deep, "https://git.example/team/a"));
	assert_false(seal_covers(deep, "https://git.example/teammate"));
	assert_false(seal_covers(deep, "https://git.example/team/../a"));
	assert_false(seal_covers(deep, "https://git.example/team/%2E%2e/a"));
	assert_false(seal_covers(deep, "https://git.example/team\\..\\a"));
	assert_false(seal_covers(o, "http://git.example/"));
	assert_false(seal_covers(o, "https://git.example.evil/"));
	assert_false(seal_covers(o, "https://git.example@evil/"));
	assert_false(seal_covers(o, "https://git.example:8443/"));
	assert_false(seal_covers(o, "https://git.exampl"));
	assert_false(seal_covers("", "https://git.example/"));
	assert_false(seal_covers("https://", "https://git.example/"));
	assert_false(seal_covers("https:///", "https:///a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_comes_back),
		cmocka_unit_test(a_box_for_something_else_stays_shut),
		cmocka_unit_test(fields_do_not_run_together),
		cmocka_unit_test(the_scope_may_be_wider_than_the_use),
		cmocka_unit_test(only_the_owner_of_the_key_opens),
		cmocka_unit_test(a_broken_box_stays_shut),
		cmocka_unit_test(a_value_is_bounded),
		cmocka_unit_test(a_credential_goes_nowhere_else),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
