#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "when.h"

static void
durations_are_as_exact_as_people_care(void **unused)
{
	char buf[WHEN_MAX];

	(void)unused;
	assert_string_equal(when_lasts(0, buf), "0 ms");
	assert_string_equal(when_lasts(999, buf), "999 ms");
	assert_string_equal(when_lasts(12345, buf), "12.3 s");
	assert_string_equal(when_lasts(245000, buf), "4m 05s");
	assert_string_equal(when_lasts(12000000, buf), "3h 20m");
	assert_string_equal(when_lasts(187200000, buf), "2d 4h");
	assert_string_equal(when_lasts(-1, buf), "");
	assert_true(strlen(when_lasts(INT64_MAX, buf)) < WHEN_MAX - 1);
}

static void
times_are_told_from_now(void **unused)
{
	char buf[WHEN_MAX];
	time_t t;

	(void)unused;
	assert_int_equal(when_parse("2026-11-20T08:00:00.500Z", &t), 0);
	assert_int_equal(t, 1795161600);
	assert_string_equal(when_ago("2026-11-20T08:00:00Z", t + 59, buf),
	    "59s ago");
	assert_string_equal(when_ago("2026-11-20T08:00:00Z", t + 7200, buf),
	    "2h ago");
	assert_string_equal(when_ago("2026-11-20T08:00:00Z", t - 5, buf),
	    "0s ago");
	assert_string_equal(when_until("2026-11-22T08:00:00Z", t, buf), "2d");
	assert_string_equal(when_until("2026-11-20T07:00:00Z", t, buf), "0s");
}

static void
what_is_no_time_is_empty(void **unused)
{
	char buf[WHEN_MAX];
	time_t t;

	(void)unused;
	assert_int_equal(when_parse("", &t), -1);
	assert_int_equal(when_parse("2026-11-20", &t), -1);
	assert_int_equal(when_parse("2026-11-20T08:00:00+01:00", &t), -1);
	assert_string_equal(when_ago("soon", 0, buf), "");
	assert_string_equal(when_until("", 0, buf), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_as_exact_as_people_care),
		cmocka_unit_test(times_are_told_from_now),
		cmocka_unit_test(what_is_no_time_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
