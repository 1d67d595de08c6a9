#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wheel.h"

static struct wheel wheel;
static struct wheel_item items[100];
static int expired[100];
static struct wheel_item *victim;

static int
make_wheel(void **unused)
{
	(void)unused;
	memset(items, 0, sizeof(items));
	memset(expired, 0, sizeof(expired));
	victim = NULL;
	wheel_init(&wheel, 1000);
	return 0;
}

static void
on_expired(struct wheel_item *item)
{
	expired[item - items]++;
	if (victim != NULL)
		wheel_del(&wheel, victim);
}

static void
a_deadline_comes_once_and_in_its_second(void **unused)
{
	(void)unused;
	wheel_set(&wheel, &items[0], 1005);
	wheel_turn(&wheel, 1004, on_expired);
	assert_int_equal(expired[0], 0);
	wheel_turn(&wheel, 1005, on_expired);
	assert_int_equal(expired[0], 1);
	wheel_turn(&wheel, 2000, on_expired);
	assert_int_equal(expired[0], 1);
}

static void
a_deadline_moves_both_ways(void **unused)
{
	(void)unused;
	wheel_set(&wheel, &items[0], 1005);
	wheel_set(&wheel, &items[0], 1500);
	wheel_set(&wheel, &items[1], 1500);
	wheel_set(&wheel, &items[1], 1003);
	wheel_turn(&wheel, 1499, on_expired);
	assert_int_equal(expired[0], 0);
	assert_int_equal(expired[1], 1);
	wheel_turn(&wheel, 1500, on_expired);
	assert_int_equal(expired[0], 1);
}

static void
what_is_deleted_never_expires(void **unused)
{
	(void)unused;
	wheel_set(&wheel, &items[0], 1005);
	wheel_del(&wheel, &items[0]);
	wheel_del(&wheel, &items[0]);
	wheel_set(&wheel, &items[1], WHEEL_NEVER);
	wheel_turn(&wheel, 5000, on_expired);
	assert_int_equal(expired[0] + expired[1], 0);
	wheel_set(&wheel, &items[1], 5001);
	wheel_turn(&wheel, 5001, on_expired);
	assert_int_equal(expired[1], 1);
}

static void
one_may_take_another_with_it(void **unused)
{
	(void)unused;
	wheel_set(&wheel, &items[0], 1005);
	wheel_set(&wheel, &items[1], 1005);
	victim = &items[1];
	wheel_turn(&wheel, 1010, on_expired);
	assert_int_equal(expired[0], 1);
	assert_int_equal(expired[1], 0);
}

/* Against a plain list of deadlines. */
static void
any_mix_of_deadlines_is_kept(void **unused)
{
	uint32_t due[100] = { 0 }, now;
	int want[100] = { 0 }, i, n;

	(void)unused;
	srand(1);
	for (now = 1001; now < 5000; now++) {
		for (n = 0; n < 5; n++) {
			i = rand() % 100;
			due[i] = now + (uint32_t)rand() % 200;
			wheel_set(&wheel, &items[i], due[i]);
		}
		wheel_turn(&wheel, now, on_expired);
		for (i = 0; i < 100; i++) {
			if (due[i] == now)
				want[i]++;
		}
	}
	assert_memory_equal(want, expired, sizeof(want));
}

#define TEST(name) cmocka_unit_test_setup(name, make_wheel)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_deadline_comes_once_and_in_its_second),
		TEST(a_deadline_moves_both_ways),
		TEST(what_is_deleted_never_expires),
		TEST(one_may_take_another_with_it),
		TEST(any_mix_of_deadlines_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
