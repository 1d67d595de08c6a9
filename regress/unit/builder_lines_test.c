#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "linebuf.h"
#include "logindex.h"
#include "mask.h"
#include "recall.h"

#define TEXT_MAX 262144

/* Lines, each with what was consumed, as text. */
struct seen {
	char text[TEXT_MAX];
	size_t len;
	size_t longest;
	unsigned int lines;
	uint64_t consumed;
	const struct mask *mask;
};

static void
on_line(void *arg, const char *line, size_t len, uint64_t consumed)
{
	struct seen *s = arg;

	assert_true(s->len + len + 1 < TEXT_MAX);
	memcpy(s->text + s->len, line, len);
	len = mask_line(s->mask, s->text + s->len, len);
	s->len += len;
	s->text[s->len++] = '\n';
	s->text[s->len] = '\0';
	s->lines++;
	assert_true(consumed > s->consumed);
	s->consumed = consumed;
	if (len > s->longest)
		s->longest = len;
}

static struct seen *
feed(struct linebuf *b, const char *data, size_t len, size_t step,
    const struct mask *mask)
{
	struct seen *s = calloc(1, sizeof(*s));
	struct linebuf_to to = { on_line, s, mask };
	size_t n;

	s->mask = mask;
	for (; len > 0; data += n, len -= n) {
		n = step < len ? step : len;
		assert_int_equal(linebuf_feed(b, &to, data, n), 0);
	}
	linebuf_end(b, &to);
	return s;
}

static void
lines_do_not_depend_on_the_pieces(void **unused)
{
	static const char in[] = "one\n\ntwo\r\nth\0ree\n\xff\xfe\nlast";
	static const char out[] = "one\n\ntwo\r\nth\0ree\n\xff\xfe\nlast\n";
	struct linebuf b;
	struct seen *s;
	size_t step;

	(void)unused;
	for (step = 1; step < sizeof(in); step++) {
		memset(&b, 0, sizeof(b));
		s = feed(&b, in, sizeof(in) - 1, step, NULL);
		assert_int_equal(s->len, sizeof(out) - 1);
		assert_memory_equal(s->text, out, sizeof(out) - 1);
		assert_int_equal(s->lines, 6);
		/* The engine's own log ends the last line. */
		assert_int_equal(s->consumed, sizeof(in));
		linebuf_free(&b);
		free(s);
	}
}

static void
long_lines_become_several(void **unused)
{
	size_t len = 5 * LINE_MAX_BYTES + 17;
	char *in = malloc(len);
	struct linebuf b;
	struct seen *s;

	(void)unused;
	memset(in, 'x', len);
	memset(&b, 0, sizeof(b));
	s = feed(&b, in, len, 4096, NULL);
	assert_int_equal(s->lines, 6);
	assert_int_equal(s->longest, LINE_MAX_BYTES);
	assert_int_equal(s->consumed, len + 1);
	linebuf_free(&b);
	free(s);
	free(in);
}

static void
a_character_is_not_cut_in_two(void **unused)
{
	char in[LINE_MAX_BYTES + 8];
	struct linebuf b;
	struct seen *s;
	size_t i;

	(void)unused;
	in[0] = 'x';
	for (i = 1; i + 1 < sizeof(in); i += 2)
		memcpy(in + i, "\xc3\xa4", 2);
	in[sizeof(in) - 1] = '\n';
	memset(&b, 0, sizeof(b));
	s = feed(&b, in, sizeof(in), sizeof(in), NULL);
	assert_int_equal(s->lines, 2);
	assert_int_equal((unsigned char)s->text[s->longest + 1], 0xc3);
	assert_int_equal(s->consumed, sizeof(in));
	linebuf_free(&b);
	free(s);
}

static void
what_was_logged_is_skipped(void **unused)
{
	static const char in[] = "one\ntwo\nthree\n";
	struct linebuf b;
	struct seen *s;
	size_t step;

	(void)unused;
	for (step = 1; step < sizeof(in); step++) {
		memset(&b, 0, sizeof(b));
		linebuf_skip(&b, 8);
		s = feed(&b, in, sizeof(in) - 1, step, NULL);
		assert_string_equal(s->text, "three\n");
		assert_int_equal(s->consumed, 14);
		linebuf_free(&b);
		free(s);
	}
}

static struct mask *
mask_of(const char *secret)
{
	struct mask *m = mask_new();

	assert_non_null(m);
	assert_int_equal(mask_add(m, secret, strlen(secret)), 0);
	return m;
}

static void
check_masked(const char *secret, const char *in, const char *out)
{
	struct mask *m = mask_of(secret);
	char line[256];
	size_t len = strlen(in);

	memcpy(line, in, len);
	len = mask_line(m, line, len);
	line[len] = '\0';
	assert_string_equal(line, out);
	mask_free(m);
}

static void
secrets_are_hidden(void **unused)
{
	(void)unused;
	check_masked("hunter22", "pw=hunter22;", "pw=***;");
	check_masked("hunter22", "hunter22hunter22", "******");
	check_masked("hunter22", "hunter2", "hunter2");
	check_masked("hunter22", "hhunter22", "h***");
	check_masked("hunter22", "", "");
	/* base64 of it, and of it with one and two bytes in front. */
	check_masked("hunter22", "aHVudGVyMjI=", "***=");
	check_masked("hunter22", "eDpodW50ZXIyMg==", "eDp***==");
	check_masked("hunter22", "eGh1bnRlcjIy", "eG***");
	check_masked("first line\nsecond line", "a first line b", "a *** b");
	check_masked("first line\nsecond line", "second line", "***");
	check_masked("abc", "abc", "abc");
}

static void
no_mask_hides_nothing(void **unused)
{
	char line[] = "abc";
	struct mask *m = mask_new();

	(void)unused;
	assert_int_equal(mask_line(NULL, line, 3), 3);
	assert_int_equal(mask_line(m, line, 3), 3);
	assert_int_equal(mask_cut(m, line, 3, 2), 2);
	mask_free(m);
}

static void
a_secret_is_hidden_across_writes_and_cuts(void **unused)
{
	static const char secret[] = "s3cret-that-is-cut";
	struct mask *m = mask_of(secret);
	size_t at, step, len = LINE_MAX_BYTES + 4096;
	char *in = malloc(len);
	struct linebuf b;
	struct seen *s;

	(void)unused;
	for (at = LINE_MAX_BYTES - 24; at < LINE_MAX_BYTES + 4; at++) {
		for (step = 1000; step < len; step += 4099) {
			memset(in, 'x', len);
			memcpy(in + at, secret, sizeof(secret) - 1);
			memset(&b, 0, sizeof(b));
			s = feed(&b, in, len, step, m);
			assert_null(strstr(s->text, "s3c"));
			assert_null(strstr(s->text, "cut"));
			assert_non_null(strstr(s->text, "***"));
			assert_int_equal(s->consumed, len + 1);
			linebuf_free(&b);
			free(s);
		}
	}
	mask_free(m);
	free(in);
}

/* Tell text in steps; returns where it first differs, or len. */
static size_t
tell(struct recall *r, const char *text, size_t len, size_t step)
{
	size_t at, n;

	recall_again(r);
	for (at = 0; at < len; at += step) {
		if (step > len - at)
			step = len - at;
		if ((n = recall_take(r, text + at, step)) < step)
			return at + n;
	}
	return len;
}

static void
another_telling_is_noticed_where_it_leaves_the_first(void **unused)
{
	static const char one[] = "a 1\na 2\na 3\na 4\n",
			  two[] = "a 1\na 2\na 5\n";
	char line[16];
	struct recall r;
	size_t had, step;

	(void)unused;
	for (step = 1; step <= sizeof(one); step++) {
		memset(&r, 0, sizeof(r));
		assert_int_equal(tell(&r, one, 16, step), 16);
		assert_int_equal(tell(&r, one, 16, step), 16);
		assert_int_equal(tell(&r, two, 12, step), 10);
		assert_int_equal(recall_back(&r, line, sizeof(line), &had), 8);
		assert_int_equal(had, 2);
		assert_memory_equal(line, "a ", 2);
		assert_int_equal(recall_take(&r, two + 10, 2), 2);
		assert_int_equal(tell(&r, two, 12, step), 12);
		recall_free(&r);
	}
}

static void
only_the_end_of_much_is_remembered(void **unused)
{
	size_t had, i, step, len = RECALL_MAX * 2 + 1000;
	uint64_t at;
	char *text = malloc(len), line[64];
	struct recall r;

	(void)unused;
	for (step = 977; step < len; step = step * 7 + 1) {
		for (i = 0; i < len; i++)
			text[i] = i % 100 == 99 ? '\n' : (char)('a' + i % 23);
		memset(&r, 0, sizeof(r));
		assert_int_equal(tell(&r, text, len, step), len);
		text[1000] ^= 1; /* nobody knows any more */
		assert_int_equal(tell(&r, text, len, step), len);
		text[len - 50] ^= 1;
		assert_int_equal(tell(&r, text, len, step), len - 50);
		at = recall_back(&r, line, sizeof(line), &had);
		assert_int_equal(at, len - 50 - had);
		assert_memory_equal(line, text + len - 50 - had, had);
		recall_free(&r);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    another_telling_is_noticed_where_it_leaves_the_first),
		cmocka_unit_test(only_the_end_of_much_is_remembered),
		cmocka_unit_test(lines_do_not_depend_on_the_pieces),
		cmocka_unit_test(long_lines_become_several),
		cmocka_unit_test(a_character_is_not_cut_in_two),
		cmocka_unit_test(what_was_logged_is_skipped),
		cmocka_unit_test(secrets_are_hidden),
		cmocka_unit_test(no_mask_hides_nothing),
		cmocka_unit_test(a_secret_is_hidden_across_writes_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
