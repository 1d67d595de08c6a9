#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "treename.h"

static void
plain_names_are_unpacked(void **unused)
{
	static const char *const good[] = { "a", "...", "..a", ".gitignore",
		".gitattributes", "git", "a b", "\xff", "-rf", "\\" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_null(treename_check(good[i]));
}

static void
names_that_lead_elsewhere_are_not(void **unused)
{
	static const char *const bad[] = { "", ".", "..", "/", "a/b", "/etc",
		"../a", ".git", ".Git", ".GIT" };
	char name[257];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(treename_check(bad[i]));
	memset(name, 'a', sizeof(name));
	name[256] = '\0';
	assert_non_null(treename_check(name));
	name[255] = '\0';
	assert_null(treename_check(name));
}

static void
a_name_is_found_twice_wherever_it_stands(void **unused)
{
	const char *twice[] = { "a", "a-b", "a.b", "a" };
	const char *once[] = { "b", "a", "A" };

	(void)unused;
	assert_true(treename_is_twice(twice, 4));
	assert_false(treename_is_twice(once, 3));
	assert_false(treename_is_twice(once, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_names_are_unpacked),
		cmocka_unit_test(names_that_lead_elsewhere_are_not),
		cmocka_unit_test(a_name_is_found_twice_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
