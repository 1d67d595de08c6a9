#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sse.h"

static char seen[4096];

static void
note(const struct sse_event *e, void *arg)
{
	size_t len = strlen(seen);

	(void)arg;
	snprintf(seen + len, sizeof(seen) - len, "[%s|%s|%s]", e->type, e->id,
	    e->data);
}

static void
feed_in_pieces(const char *text, size_t piece)
{
	struct sse s;
	size_t at, n, len = strlen(text);

	memset(&s, 0, sizeof(s));
	seen[0] = '\0';
	s.event = note;
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		assert_int_equal(sse_feed(&s, text + at, n), 0);
	}
	sse_clear(&s);
}

static void
events_are_whole_however_they_arrive(void **unused)
{
	static const char text[] = "id: 1\ndata: one\n\n"
				   ":\n\n"
				   "id: 2\r\ndata:two\r\ndata:  three\r\n\r\n"
				   "event: complete\rdata: {}\r\r"
				   "data\n\n"
				   "retry: 5\nother\n\n"
				   "data: cut";
	size_t piece;

	(void)unused;
	for (piece = 1; piece <= sizeof(text); piece++) {
		feed_in_pieces(text, piece);
		assert_string_equal(seen,
		    "[message|1|one][message|2|two\n three]"
		    "[complete|2|{}][message|2|]");
	}
}

static void
only_the_id_of_a_whole_event_is_kept(void **unused)
{
	struct sse s;

	(void)unused;
	memset(&s, 0, sizeof(s));
	seen[0] = '\0';
	s.event = note;
	sse_feed(&s, "id: 7\ndata: a\n\nid: 8\nda", 23);
	sse_clear(&s);
	assert_string_equal(s.id, "7");
	sse_feed(&s, "data: b\n\n", 9);
	assert_string_equal(seen, "[message|7|a][message|7|b]");
	sse_clear(&s);
}

static void
a_line_without_end_is_refused(void **unused)
{
	static char text[65536];
	struct sse s;
	int i, ret = 0;

	(void)unused;
	memset(&s, 0, sizeof(s));
	memset(text, 'x', sizeof(text));
	for (i = 0; i < 64 && ret == 0; i++)
		ret = sse_feed(&s, text, sizeof(text));
	assert_int_equal(ret, -1);
	sse_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_whole_however_they_arrive),
		cmocka_unit_test(only_the_id_of_a_whole_event_is_kept),
		cmocka_unit_test(a_line_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
