#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "health_time.h"

static void
first_tries_come_fast_and_then_every_interval(void **unused)
{
	static const uint32_t pauses[] = { 0, 100, 200, 400, 800, 1600, 3200,
		5000, 5000, 5000 };
	uint32_t i;

	(void)unused;
	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++)
		assert_int_equal(health_delay(i + 1, 5000), pauses[i]);
	assert_int_equal(health_delay(2, 30), 30);
	assert_int_equal(health_delay(UINT32_MAX, 86400000), 86400000);
	assert_int_equal(health_delay(7, 0), 0);
}

/* Go through a check whose tries all take took_ms. Returns how many. */
static uint32_t
walk(uint32_t interval, uint64_t budget, uint64_t timeout, uint64_t took_ms,
    uint64_t *end)
{
	uint64_t now = 0, begun, wait, t;
	uint32_t n = 0;

	for (;;) {
		n++;
		begun = now;
		t = health_timeout(timeout, budget, now);
		assert_true(now + t <= budget);
		now += took_ms < t ? took_ms : t;
		if (health_next(n, interval, budget, begun, now, &wait) == -1)
			break;
		now += wait;
	}
	*end = now;
	return n;
}

static void
a_release_has_the_time_of_all_its_tries(void **unused)
{
	uint64_t end;

	(void)unused;
	/* By default: 10 tries every 5 s, and the fast ones on top. */
	assert_int_equal(walk(5000, 50000, 30000, 0, &end), 15);
	assert_int_equal(end, 46300);
	assert_int_equal(health_attempts(50000, 5000), 15);
	/* Slow answers take the place of pauses, not of time. */
	assert_int_equal(walk(5000, 50000, 30000, 2000, &end), 14);
	assert_int_equal(health_attempts(5000, 5000), 6);
	/* A silent app: one whole time-out and what is left of the second. */
	assert_int_equal(walk(5000, 50000, 30000, 60000, &end), 2);
	assert_int_equal(end, 50000);
}

static void
the_number_of_tries_is_never_passed(void **unused)
{
	static const uint32_t intervals[] = { 1, 50, 99, 100, 101, 250, 1000,
		5000, 60000, 86400000 };
	uint32_t i, retries;
	uint64_t budget, end;

	(void)unused;
	for (i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		for (retries = 1; retries <= 20; retries++) {
			budget = (uint64_t)retries * intervals[i];
			assert_int_equal(walk(intervals[i], budget, 30000, 0,
					     &end),
			    health_attempts(budget, intervals[i]));
			assert_true(end <= budget);
		}
	}
}

static void
a_try_ends_when_the_time_does(void **unused)
{
	(void)unused;
	assert_int_equal(health_timeout(30000, 50000, 0), 30000);
	assert_int_equal(health_timeout(30000, 50000, 45000), 5000);
	assert_int_equal(health_timeout(30000, 50000, 50000), 0);
	assert_int_equal(health_timeout(30000, 50000, 60000), 0);
}

static void
fast_tries_knock_until_the_next_one(void **unused)
{
	(void)unused;
	assert_int_equal(health_knock(1, 5000, 30000), 100);
	assert_int_equal(health_knock(5, 5000, 30000), 1600);
	assert_int_equal(health_knock(6, 5000, 30000), 0);
	assert_int_equal(health_knock(3, 5000, 50), 50);
	assert_int_equal(health_knock(5, 1000, 30000), 1000);
	assert_int_equal(health_knock(6, 1000, 30000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_tries_come_fast_and_then_every_interval),
		cmocka_unit_test(a_release_has_the_time_of_all_its_tries),
		cmocka_unit_test(the_number_of_tries_is_never_passed),
		cmocka_unit_test(fast_tries_knock_until_the_next_one),
		cmocka_unit_test(a_try_ends_when_the_time_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
