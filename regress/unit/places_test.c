#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "places.h"

static void
the_line_is_served_in_order(void **unused)
{
	struct place p[4];
	struct places room;

	(void)unused;
	memset(p, 0, sizeof(p));
	places_init(&room, 2, 100);
	assert_int_equal(places_enter(&room, &p[0], 1), 1);
	assert_int_equal(places_enter(&room, &p[1], 1), 1);
	assert_int_equal(places_enter(&room, &p[2], 1), 0);
	assert_int_equal(places_enter(&room, &p[3], 1), 0);
	assert_null(places_next(&room));
	places_leave(&room, &p[0]);
	assert_ptr_equal(places_next(&room), &p[2]);
	assert_true(places_inside(&p[2]));
	assert_null(places_next(&room));
	places_leave(&room, &p[1]);
	assert_ptr_equal(places_next(&room), &p[3]);
}

static void
bytes_count_as_well_as_heads(void **unused)
{
	struct place p[3];
	struct places room;

	(void)unused;
	memset(p, 0, sizeof(p));
	places_init(&room, 8, 100);
	assert_int_equal(places_enter(&room, &p[0], 60), 1);
	assert_int_equal(places_enter(&room, &p[1], 50), 0);
	assert_int_equal(places_enter(&room, &p[2], 1), 0);
	places_leave(&room, &p[0]);
	assert_ptr_equal(places_next(&room), &p[1]);
	assert_ptr_equal(places_next(&room), &p[2]);
	assert_null(places_next(&room));
}

static void
who_leaves_the_line_is_forgotten(void **unused)
{
	struct place p[3];
	struct places room;

	(void)unused;
	memset(p, 0, sizeof(p));
	places_init(&room, 1, 100);
	places_enter(&room, &p[0], 1);
	places_enter(&room, &p[1], 1);
	places_enter(&room, &p[2], 1);
	places_leave(&room, &p[1]);
	places_leave(&room, &p[1]);
	places_leave(&room, &p[0]);
	assert_ptr_equal(places_next(&room), &p[2]);
	places_leave(&room, &p[2]);
	assert_int_equal(room.count, 0);
	assert_int_equal(room.bytes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_is_served_in_order),
		cmocka_unit_test(bytes_count_as_well_as_heads),
		cmocka_unit_test(who_leaves_the_line_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
