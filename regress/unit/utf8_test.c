#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "utf8.h"

static void
characters_are_read_whole(void **unused)
{
	uint32_t c;

	(void)unused;
	assert_int_equal(utf8_next("a", 1, &c), 1);
	assert_int_equal(c, 'a');
	assert_int_equal(utf8_next("\xc3\xa4!", 3, &c), 2);
	assert_int_equal(c, 0xe4);
	assert_int_equal(utf8_next("\xe2\x82\xac", 3, &c), 3);
	assert_int_equal(c, 0x20ac);
	assert_int_equal(utf8_next("\xf0\x9f\x98\x80", 4, &c), 4);
	assert_int_equal(c, 0x1f600);
}

static void
what_is_not_utf8_is_refused(void **unused)
{
	static const char *const bad[] = {
		"\x80",		    /* continues nothing */
		"\xc3",		    /* cut */
		"\xc3(",	    /* continued by something else */
		"\xc0\x80",	    /* overlong */
		"\xe0\x80\x80",	    /* overlong */
		"\xf0\x80\x80\x80", /* overlong */
		"\xed\xa0\x80",	    /* surrogate */
		"\xf4\x90\x80\x80", /* past the last */
		"\xff",
	};
	uint32_t c;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(utf8_next(bad[i], strlen(bad[i]), &c), 0);
	assert_int_equal(utf8_next("", 0, &c), 0);
}

static void
controls_and_turns_are_not_printable(void **unused)
{
	(void)unused;
	assert_true(utf8_is_printable(' '));
	assert_true(utf8_is_printable(0x20ac));
	assert_false(utf8_is_printable(0x1b));
	assert_false(utf8_is_printable(0x7f));
	assert_false(utf8_is_printable(0x9b));	 /* CSI in one character */
	assert_false(utf8_is_printable(0x202e)); /* right to left */
	assert_false(utf8_is_printable(0x2066));
}

static void
a_clean_copy_is_cut_between_characters(void **unused)
{
	char to[6];

	(void)unused;
	assert_int_equal(utf8_clean(to, sizeof(to), "a\x1b[m\xff", 5), 5);
	assert_string_equal(to, "a?[m?");
	assert_int_equal(utf8_clean(to, sizeof(to),
			     "abc\xe2\x82\xac"
			     "d",
			     7),
	    3);
	assert_string_equal(to, "abc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_read_whole),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(controls_and_turns_are_not_printable),
		cmocka_unit_test(a_clean_copy_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
