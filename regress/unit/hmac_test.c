#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hmac.h"

/* GitHub's published example. */
#define SECRET "It's a Secret to Everybody"
#define BODY "Hello, World!"
#define SUM "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

static int
body_has(const char *header, size_t piece)
{
	unsigned char mac[HMAC_LEN];
	struct hmac *h;
	size_t i, n, len = strlen(BODY);
	int ret;

	assert_int_equal(hmac_parse(header, mac), 0);
	assert_non_null(h = hmac_new(SECRET, strlen(SECRET)));
	for (i = 0; i < len; i += n) {
		n = len - i < piece ? len - i : piece;
		assert_int_equal(hmac_add(h, BODY + i, n), 0);
	}
	ret = hmac_is(h, mac);
	hmac_free(h);
	return ret;
}

static void
githubs_example_is_right(void **unused)
{
	size_t piece;

	(void)unused;
	for (piece = 1; piece <= strlen(BODY); piece++)
		assert_int_equal(body_has("sha256=" SUM, piece), 1);
}

static void
any_other_digit_is_wrong(void **unused)
{
	char header[] = "sha256=" SUM;
	size_t i;

	(void)unused;
	for (i = 7; i < sizeof(header) - 1; i++) {
		header[i] = header[i] == '0' ? '1' : '0';
		assert_int_equal(body_has(header, 5), 0);
		header[i] = SUM[i - 7];
	}
}

static void
only_the_documented_form_is_read(void **unused)
{
	static const char *bad[] = { "", SUM, "sha1=" SUM,
		"sha256=", "sha256=" SUM "0", "SHA256=" SUM, "sha256= " SUM,
		"sha256=g57107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f437"
		"9c8b043e17" };
	unsigned char mac[HMAC_LEN];
	size_t i;

	(void)unused;
	assert_int_equal(hmac_parse(NULL, mac), -1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hmac_parse(bad[i], mac), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(githubs_example_is_right),
		cmocka_unit_test(any_other_digit_is_wrong),
		cmocka_unit_test(only_the_documented_form_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
