#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"

static void
bytes_come_back(void **unused)
{
	const uint8_t in[] = { 0x00, 0x7f, 0x80, 0xff, 0xa5 };
	uint8_t out[sizeof(in)];
	char text[2 * sizeof(in) + 1];

	(void)unused;
	assert_string_equal(hex_encode(text, in, sizeof(in)), "007f80ffa5");
	assert_int_equal(hex_decode(out, sizeof(out), text), 0);
	assert_memory_equal(in, out, sizeof(in));
	assert_int_equal(hex_decode(out, sizeof(out), "007F80FFA5"), 0);
	assert_memory_equal(in, out, sizeof(in));
}

static void
what_is_no_digit_is_refused(void **unused)
{
	uint8_t out[2];

	(void)unused;
	assert_int_equal(hex_decode(out, 2, "00g0"), -1);
	assert_int_equal(hex_decode(out, 2, "000"), -1);
	assert_int_equal(hex_decode(out, 2, ""), -1);
	assert_int_equal(hex_decode(out, 2, " 000"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_back),
		cmocka_unit_test(what_is_no_digit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
