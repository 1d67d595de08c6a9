#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http1.h"
#include "http1_body.h"

struct chunks {
	int line;
	ssize_t used; /* -1: refused, 0: wants more */
	const char *payload;
	const char *text;
	size_t len;
};

/* All of text, all but what follows "|", none, or not enough of it. */
#define OK(payload, text) \
	{ __LINE__, sizeof(text) - 1, payload, text, sizeof(text) - 1 },
#define REST(payload, text, rest) \
	{ __LINE__, sizeof(text) - 1, payload, text rest, \
		sizeof(text rest) - 1 },
#define NO(text) { __LINE__, -1, NULL, text, sizeof(text) - 1 },
#define MORE(payload, text) { __LINE__, 0, payload, text, sizeof(text) - 1 },

/* clang-format off */
static const struct chunks samples[] = {
	OK("", "0\r\n\r\n")
	OK("abc", "3\r\nabc\r\n0\r\n\r\n")
	OK("abcdefghijk", "1\r\na\r\nA\r\nbcdefghijk\r\n000\r\n\r\n")
	OK("abcdefghijk", "0b\r\nabcdefghijk\r\n0\r\n\r\n")
	OK("a", "1;x\r\na\r\n0;y=\"z\"\r\n\r\n")
	OK("a", "1 ;x\r\na\r\n0\t;y=z;q\r\n\r\n")
	OK("a", "1\r\na\r\n0\r\nA: b\r\nC:\r\n\r\n")
	OK("\r\n", "2\r\n\r\n\r\n0\r\n\r\n")
	REST("a", "1\r\na\r\n0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n")
	REST("", "0\r\n\r\n", "\r\n")
	MORE("", "")
	MORE("", "7fffffffffffffff\r\n")
	MORE("a", "2\r\na")
	MORE("a", "1\r\na\r\n0\r\n")
	MORE("a", "1\r\na\r\n0\r\n\r")
	NO("8000000000000000\r\n")
	NO("10000000000000005\r\nabcde")
	NO("ffffffffffffffff\r\n")
	NO("00000000000000000000000000000000080000000000000000\r\n")
	NO("\r\n")
	NO(" 1\r\na\r\n")
	NO("1 \r\na\r\n")
	NO("1\na\r\n")
	NO("1\r\r\na\r\n")
	NO("1\rX\n")
	NO("0x1\r\na\r\n")
	NO("-1\r\n")
	NO("+1\r\na\r\n")
	NO("g\r\n")
	NO(";x\r\n")
	NO("1,\r\n")
	NO("1;x\na\r\n0\r\n\r\n")
	NO("1;x\0\r\na\r\n")
	NO("1;x\ry\r\n")
	NO("1\r\nab\r\n")
	NO("1\r\na\n0\r\n\r\n")
	NO("1\r\na\r0\r\n\r\n")
	NO("1\r\na0\r\n\r\n")
	NO("1\r\na\r\n\r\n")
	NO("0\r\n\n")
	NO("0\r\n\rX")
	NO("0\r\n A: b\r\n\r\n")
	NO("0\r\nA\r\n\r\n")
	NO("0\r\nA : b\r\n\r\n")
	NO("0\r\n: b\r\n\r\n")
	NO("0\r\nA: b\nC: d\r\n\r\n")
	NO("0\r\nA: b\r\n c\r\n\r\n")
	NO("0\r\nA: b\0\r\n\r\n")
	NO("0\r\nA: b\rC\r\n\r\n")
};
/* clang-format on */

static struct http1_body body;

static void
begin(enum http1_framing framing, int64_t length)
{
	static struct http1_head h;

	h.framing = (uint8_t)framing;
	h.content_length = length;
	http1_body_init(&body, &h);
}

/*
 * Feed a sample in two parts, gathering its payload.  Returns as the walk
 * over all of it would.
 */
static ssize_t
feed(const struct chunks *s, size_t cut, char *payload)
{
	const size_t ends[] = { cut, s->len };
	const char *data;
	size_t i, dlen, n = 0;
	ssize_t step;

	*payload = '\0';
	begin(HTTP1_CHUNKED, -1);
	for (i = 0; i < 2; i++) {
		while (n < ends[i] && !body.done) {
			step = http1_body_step(&body, s->text + n, ends[i] - n,
			    &data, &dlen);
			if (step == -1)
				return -1;
			strncat(payload, dlen ? data : "", dlen);
			n += (size_t)step;
		}
	}
	return (ssize_t)n;
}

static void
check_sample(const struct chunks *s, size_t cut)
{
	ssize_t got, want = s->used == 0 ? (ssize_t)s->len : s->used;
	char payload[64];

	got = feed(s, cut, payload);
	if (got != want || (want != -1 && body.done != (s->used != 0)))
		fail_msg("line %d: %zd when cut at %zu", s->line, got, cut);
	if (want != -1)
		assert_string_equal(payload, s->payload);
}

static void
chunks_are_read_the_same_however_they_are_cut(void **unused)
{
	size_t i, cut;
	ssize_t n;

	(void)unused;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (cut = 0; cut <= samples[i].len; cut++)
			check_sample(&samples[i], cut);
		begin(HTTP1_CHUNKED, -1);
		n = http1_body_walk(&body, samples[i].text, samples[i].len);
		if (samples[i].used != 0)
			assert_int_equal(n, samples[i].used);
	}
}

static void
a_length_is_read_to_its_end(void **unused)
{
	const char *data;
	size_t dlen;

	(void)unused;
	begin(HTTP1_LENGTH, 5);
	assert_int_equal(http1_body_step(&body, "abc", 3, &data, &dlen), 3);
	assert_int_equal(dlen, 3);
	assert_false(body.done);
	assert_int_equal(body.left, 2);
	assert_int_equal(http1_body_eof(&body), -1);
	assert_int_equal(http1_body_step(&body, "deGET", 5, &data, &dlen), 2);
	assert_memory_equal(data, "de", dlen);
	assert_true(body.done);
	assert_int_equal(http1_body_eof(&body), 0);
}

static void
no_body_is_over_before_it_begins(void **unused)
{
	(void)unused;
	begin(HTTP1_NONE, 5);
	assert_true(body.done);
	assert_int_equal(http1_body_walk(&body, "abc", 3), 0);
}

static void
a_body_till_close_takes_all(void **unused)
{
	(void)unused;
	begin(HTTP1_CLOSE, -1);
	assert_int_equal(http1_body_walk(&body, "0\r\n\r\n", 5), 5);
	assert_false(body.done);
	assert_int_equal(http1_body_eof(&body), 0);
}

static void
a_cut_chunked_body_is_noticed(void **unused)
{
	(void)unused;
	begin(HTTP1_CHUNKED, -1);
	assert_int_equal(http1_body_walk(&body, "1\r\na\r\n", 6), 6);
	assert_int_equal(http1_body_eof(&body), -1);
}

/* Feed text again and again.  Returns how often until it was refused. */
static int
repeat(const char *text, int most)
{
	int i;

	for (i = 0; i < most; i++) {
		if (http1_body_walk(&body, text, strlen(text)) == -1)
			break;
	}
	return i;
}

static void
chunk_lines_extensions_and_trailers_are_bounded(void **unused)
{
	(void)unused;
	begin(HTTP1_CHUNKED, -1);
	assert_int_equal(repeat("0", 1000), HTTP1_CHUNK_LINE_MAX);
	begin(HTTP1_CHUNKED, -1);
	http1_body_walk(&body, "1;", 2);
	assert_int_equal(repeat("x", 1000), HTTP1_CHUNK_LINE_MAX - 2);
	begin(HTTP1_CHUNKED, -1);
	assert_in_range(repeat("1;xxx\r\na\r\n", 10000),
	    HTTP1_CHUNK_EXT_MAX / 8, HTTP1_CHUNK_EXT_MAX / 3);
	begin(HTTP1_CHUNKED, -1);
	assert_int_equal(repeat("1\r\na\r\n", 100000), 100000);
	http1_body_walk(&body, "0\r\n", 3);
	assert_int_equal(repeat("A: b\r\n", 10000), HTTP1_TRAILER_MAX / 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_read_the_same_however_they_are_cut),
		cmocka_unit_test(a_length_is_read_to_its_end),
		cmocka_unit_test(no_body_is_over_before_it_begins),
		cmocka_unit_test(a_body_till_close_takes_all),
		cmocka_unit_test(a_cut_chunked_body_is_noticed),
		cmocka_unit_test(
		    chunk_lines_extensions_and_trailers_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
