#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ports.h"

static int
elsewhere(const char *list, char *text, size_t size)
{
	return ports_elsewhere(list, strlen(list), 8080, text, size);
}

static void
ports_are_named_when_the_right_one_is_missing(void **unused)
{
	char text[128] = "";

	(void)unused;
	assert_int_equal(elsewhere("8081 9090", text, sizeof(text)), 1);
	assert_string_equal(text,
	    "The app listens on 8081, 9090, not on 8080.");
}

static void
a_port_of_its_own_is_as_good_as_none(void **unused)
{
	char text[160] = "";

	(void)unused;
	assert_int_equal(elsewhere("127.0.0.1:8080 9", text, sizeof(text)), 1);
	assert_non_null(strstr(text, "listens on 127.0.0.1:8080 only"));
	assert_int_equal(elsewhere("127.0.0.1:8080 8080", text, sizeof(text)),
	    0);
	assert_int_equal(elsewhere("127.0.0.1:5", text, sizeof(text)), 1);
	assert_string_equal(text,
	    "The app listens on 127.0.0.1:5, not on 8080.");
}

static void
the_right_port_or_none_is_another_matter(void **unused)
{
	char text[128] = "as it was";

	(void)unused;
	assert_int_equal(elsewhere("8080", text, sizeof(text)), 0);
	assert_int_equal(elsewhere("8081 8080", text, sizeof(text)), 0);
	assert_int_equal(elsewhere("", text, sizeof(text)), 0);
	assert_int_equal(elsewhere("none", text, sizeof(text)), 0);
	assert_string_equal(text, "as it was");
}

static void
a_list_can_do_no_harm(void **unused)
{
	char text[256], list[4096];
	size_t i;

	(void)unused;
	for (i = 0; i + 6 < sizeof(list); i += 6)
		memcpy(list + i, "65535 ", 6);
	assert_int_equal(ports_elsewhere(list, i, 8080, text, sizeof(text)), 1);
	assert_int_equal(elsewhere("99999999999999999999", text, sizeof(text)),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_named_when_the_right_one_is_missing),
		cmocka_unit_test(a_port_of_its_own_is_as_good_as_none),
		cmocka_unit_test(the_right_port_or_none_is_another_matter),
		cmocka_unit_test(a_list_can_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
