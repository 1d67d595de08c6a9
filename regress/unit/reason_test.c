#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reason.h"

static void
each_code_finds_itself(void **unused)
{
	uint32_t r;

	(void)unused;
	for (r = 0; r < REASON_MAX; r++)
		assert_int_equal(reason_find(reason_code(r)), r);
	assert_string_equal(reason_code(REASON_PATH_NO_MATCH), "PATH_NO_MATCH");
}

static void
each_reason_has_one_sentence(void **unused)
{
	const char *s;
	uint32_t r;

	(void)unused;
	for (r = REASON_NONE + 1; r < REASON_MAX; r++) {
		s = reason_sentence(r);
		assert_true(strlen(s) > 1);
		assert_int_equal(s[strlen(s) - 1], '.');
	}
}

static void
what_is_no_reason_has_neither(void **unused)
{
	(void)unused;
	assert_string_equal(reason_code(REASON_NONE), "");
	assert_string_equal(reason_code(REASON_MAX), "");
	assert_string_equal(reason_sentence(REASON_MAX), "");
	assert_int_equal(reason_find("NO_SUCH"), REASON_MAX);
	assert_int_equal(reason_find("NONE"), REASON_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_finds_itself),
		cmocka_unit_test(each_reason_has_one_sentence),
		cmocka_unit_test(what_is_no_reason_has_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
