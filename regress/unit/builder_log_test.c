#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "logfile.h"
#include "logpair.h"
#include "mask.h"

static char dir[] = "/tmp/cid-log-XXXXXX";
static struct event_base *base;
static struct msg_log_grew told;
static unsigned int times;
static const struct msg_build build = { 5, 3, 1, 1 };

static void
on_grew(const struct msg_log_grew *m)
{
	told = *m;
	times++;
}

static int
make_dir(void **unused)
{
	(void)unused;
	if (mkdtemp(dir) == NULL || (base = event_base_new()) == NULL)
		return -1;
	logfile_init(base, dir, on_grew);
	return 0;
}

static int
remove_logs(void **unused)
{
	(void)unused;
	event_base_loop(base, EVLOOP_NONBLOCK);
	return logpair_remove(build.project_id);
}

static int
remove_dir(void **unused)
{
	(void)unused;
	event_base_free(base);
	return rmdir(dir);
}

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static size_t
read_file(const char *suffix, char *buf, size_t size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/3/1.%s", dir, suffix);
	assert_int_not_equal(fd = open(path, O_RDONLY), -1);
	n = read(fd, buf, size);
	close(fd);
	assert_true(n >= 0);
	return (size_t)n;
}

static void
append_file(const char *suffix, const char *data, size_t len)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/3/1.%s", dir, suffix);
	assert_int_not_equal(fd = open(path, O_WRONLY | O_APPEND), -1);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static void
the_index_tells_where_lines_end(void **unused)
{
	struct line_index li[3];
	char text[64];
	struct logfile *l = logfile_open(&build, 1 << 20);

	(void)unused;
	assert_non_null(l);
	logfile_say(l, "own %d", 1);
	logfile_line(l, LINE_STDOUT, "out", 3, 4);
	logfile_line(l, LINE_STDERR, "err\r", 4, 5);
	turn();
	assert_int_equal(read_file("log", text, sizeof(text)), 15);
	assert_memory_equal(text, "own 1\nout\nerr\r\n", 15);
	assert_int_equal(read_file("idx", (char *)li, sizeof(li)), 96);
	assert_int_equal(li[0].end, 6);
	assert_int_equal(li[0].stream, LINE_CID);
	assert_int_equal(li[1].end, 10);
	assert_int_equal(li[1].stream, LINE_STDOUT);
	assert_int_equal(li[1].consumed[0], 4);
	assert_int_equal(li[2].end, 15);
	assert_int_equal(li[2].stream, LINE_STDERR);
	assert_int_equal(li[2].consumed[0], 4);
	assert_int_equal(li[2].consumed[1], 5);
	logfile_close(l);
}

static void
growth_is_told_once_a_turn(void **unused)
{
	struct logfile *l = logfile_open(&build, 1 << 20);
	int i;

	(void)unused;
	times = 0;
	for (i = 0; i < 5000; i++)
		logfile_line(l, LINE_STDOUT, "0123456789", 10, 11);
	assert_int_equal(times, 0);
	turn();
	assert_int_equal(times, 1);
	assert_int_equal(told.lines, 5000);
	assert_int_equal(told.bytes, 55000);
	assert_int_equal(told.build.build_id, 5);
	assert_int_equal(told.ended, 0);
	logfile_close(l);
}

static void
a_log_is_cut_to_what_its_index_knows(void **unused)
{
	struct logfile *l = logfile_open(&build, 1 << 20);
	uint64_t consumed[2];
	char text[64];

	(void)unused;
	logfile_line(l, LINE_STDOUT, "one", 3, 4);
	logfile_line(l, LINE_STDERR, "two", 3, 7);
	logfile_close(l);
	turn();
	append_file("log", "half a li", 9);
	append_file("idx", "xxxx", 4);
	l = logfile_open(&build, 1 << 20);
	logfile_consumed(l, consumed);
	assert_int_equal(consumed[0], 4);
	assert_int_equal(consumed[1], 7);
	logfile_say(l, "three");
	logfile_close(l);
	turn();
	assert_int_equal(read_file("log", text, sizeof(text)), 14);
	assert_memory_equal(text, "one\ntwo\nthree\n", 14);
}

static void
an_index_that_is_ahead_is_cut_too(void **unused)
{
	struct line_index li;
	struct logfile *l = logfile_open(&build, 1 << 20);
	char text[64];

	(void)unused;
	logfile_say(l, "one");
	logfile_close(l);
	turn();
	memset(&li, 0, sizeof(li));
	li.end = 1000; /* the log did not reach the disk */
	append_file("idx", (const char *)&li, sizeof(li));
	l = logfile_open(&build, 1 << 20);
	logfile_say(l, "two");
	logfile_close(l);
	turn();
	assert_int_equal(read_file("log", text, sizeof(text)), 8);
	assert_memory_equal(text, "one\ntwo\n", 8);
	assert_int_equal(told.lines, 2);
}

static void
the_limit_is_marked_once_and_remembered(void **unused)
{
	struct logfile *l = logfile_open(&build, 100);
	struct line_index li[64];
	char text[512];
	size_t len;
	int i;

	(void)unused;
	for (i = 0; i < 10; i++)
		logfile_line(l, LINE_STDOUT, "0123456789abcdefgh", 18, 19);
	logfile_say(l, "own words still come");
	logfile_close(l);
	turn();
	l = logfile_open(&build, 100);
	logfile_line(l, LINE_STDOUT, "no", 2, 200);
	assert_int_equal(logfile_dropped(l), 3);
	logfile_say(l, "and come");
	logfile_close(l);
	turn();
	len = read_file("log", text, sizeof(text) - 1);
	text[len] = '\0';
	assert_null(strstr(text, "no\n"));
	assert_non_null(strstr(text, "limit of 100 bytes"));
	len = read_file("idx", (char *)li, sizeof(li)) / sizeof(li[0]);
	assert_int_equal(len, 8);
	assert_int_equal(li[5].stream, LINE_LIMIT);
	assert_int_equal(li[7].stream, LINE_CID);
}

static void
many_short_lines_reach_the_limit_too(void **unused)
{
	struct logfile *l = logfile_open(&build, 800);
	int i;

	(void)unused;
	for (i = 0; i < 200; i++)
		logfile_line(l, LINE_STDOUT, "", 0, 1);
	turn();
	assert_int_equal(told.lines, 101);
	logfile_close(l);
}

static void
own_words_hold_no_control_characters(void **unused)
{
	struct logfile *l = logfile_open(&build, 1 << 20);
	char text[64];

	(void)unused;
	logfile_say_text(l, "a\nb\033[2Jc\td", 9);
	turn();
	assert_int_equal(read_file("log", text, sizeof(text)), 10);
	assert_memory_equal(text, "a?b?[2Jc\t\n", 10);
	logfile_close(l);
}

static void
secrets_are_masked_in_all_lines(void **unused)
{
	struct logfile *l = logfile_open(&build, 1 << 20);
	struct mask *m = mask_new();
	char text[64];

	(void)unused;
	mask_add(m, "hunter22", 8);
	logfile_mask(l, m);
	logfile_say(l, "$ x hunter22");
	logfile_line(l, LINE_STDOUT, "hunter22!", 9, 10);
	turn();
	assert_int_equal(read_file("log", text, sizeof(text)), 13);
	assert_memory_equal(text, "$ x ***\n***!\n", 13);
	logfile_close(l);
}

static void
the_end_is_told_also_without_a_log(void **unused)
{
	struct msg_build other = build;
	struct logfile *l = logfile_open(&build, 1 << 20);
	struct stat st;
	char path[128];

	(void)unused;
	logfile_say(l, "x");
	times = 0;
	logfile_end(&build);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.lines, 1);
	logfile_close(l);
	turn();
	logfile_end(&build);
	assert_int_equal(told.lines, 1);
	other.number = 9;
	logfile_end(&other);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.lines, 0);
	snprintf(path, sizeof(path), "%s/3/9.log", dir);
	assert_int_equal(stat(path, &st), -1);
}

static void
a_log_is_no_link(void **unused)
{
	char path[128], other[128];
	int fd;

	(void)unused;
	snprintf(path, sizeof(path), "%s/3", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_not_equal(fd = open(other, O_CREAT | O_WRONLY, 0600), -1);
	close(fd);
	snprintf(path, sizeof(path), "%s/3/1.log", dir);
	assert_int_equal(symlink(other, path), 0);
	assert_null(logfile_open(&build, 1 << 20));
	assert_int_equal(unlink(other), 0);
}

#define TEST(f) cmocka_unit_test_teardown(f, remove_logs)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_index_tells_where_lines_end),
		TEST(growth_is_told_once_a_turn),
		TEST(a_log_is_cut_to_what_its_index_knows),
		TEST(an_index_that_is_ahead_is_cut_too),
		TEST(the_limit_is_marked_once_and_remembered),
		TEST(many_short_lines_reach_the_limit_too),
		TEST(own_words_hold_no_control_characters),
		TEST(secrets_are_masked_in_all_lines),
		TEST(the_end_is_told_also_without_a_log),
		TEST(a_log_is_no_link),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
