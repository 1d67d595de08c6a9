#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "build_spec.h"
#include "cache.h"
#include "env.h"
#include "msg_conf.h"
#include "ports.h"
#include "spec.h"
#include "tar.h"
#include "template.h"
#include "verdict.h"

static enum reason
judge(int exit_code, int oom, int timed_out, int kept, int resumed, int engine)
{
	struct verdict v = { exit_code, oom, timed_out, kept, resumed, engine };

	return verdict(&v);
}

static void
a_command_is_judged_by_its_end(void **unused)
{
	(void)unused;
	assert_int_equal(judge(0, 0, 0, 0, 0, 0), REASON_NONE);
	assert_int_equal(judge(3, 0, 0, 0, 0, 0), REASON_COMMAND_FAILED);
	assert_int_equal(judge(137, 0, 0, 0, 0, 0), REASON_COMMAND_FAILED);
	assert_int_equal(judge(137, 1, 0, 0, 0, 0), REASON_OUT_OF_MEMORY);
	assert_int_equal(judge(0, 1, 0, 0, 0, 0), REASON_NONE);
	assert_int_equal(judge(137, 0, 1, 0, 0, 0), REASON_TIMED_OUT);
}

static void
an_end_nobody_saw_is_doubted(void **unused)
{
	(void)unused;
	/* The builder was away: an engine stops containers by signals. */
	assert_int_equal(judge(0, 0, 0, 0, 1, 0), REASON_NONE);
	assert_int_equal(judge(1, 0, 0, 0, 1, 0), REASON_COMMAND_FAILED);
	assert_int_equal(judge(143, 0, 0, 0, 1, 0), VERDICT_LOST);
	/* The engine was away: it stopped whatever it does not keep. */
	assert_int_equal(judge(0, 0, 0, 0, 1, 1), VERDICT_LOST);
	assert_int_equal(judge(0, 0, 0, 1, 1, 1), REASON_NONE);
	assert_int_equal(judge(2, 0, 0, 1, 1, 1), REASON_COMMAND_FAILED);
}

static void
a_variable_is_set_once(void **unused)
{
	struct env e;

	(void)unused;
	env_init(&e);
	assert_int_equal(env_set(&e, "A", "1", 1), 0);
	assert_int_equal(env_set(&e, "AB", "2", 1), 0);
	assert_int_equal(env_set(&e, "A", "3=4", 3), 0);
	assert_int_equal(e.len, 2);
	assert_string_equal(STAILQ_FIRST(&e.list)->text, "AB=2");
	assert_string_equal(STAILQ_NEXT(STAILQ_FIRST(&e.list), entry)->text,
	    "A=3=4");
	assert_int_equal(env_set(&e, "A=B", "x", 1), -1);
	assert_int_equal(env_set(&e, "", "x", 1), -1);
	assert_int_equal(env_set(&e, "1A", "x", 1), -1);
	assert_int_equal(env_set(&e, "A", "x\0y", 3), -1);
	env_free(&e);
	assert_int_equal(e.len, 0);
}

static void
fill_spec(struct spec_build *s, struct spec_job *j, struct msg_conf_builder *c)
{
	static char word[] = "make";
	static char *words[] = { word };

	memset(s, 0, sizeof(*s));
	memset(j, 0, sizeof(*j));
	memset(c, 0, sizeof(*c));
	strlcpy(s->project, "p", sizeof(s->project));
	strlcpy(j->project, "p", sizeof(j->project));
	strlcpy(s->environment, "e", sizeof(s->environment));
	strlcpy(j->environment, "e", sizeof(j->environment));
	strlcpy(s->image, "node:18", sizeof(s->image));
	s->command.items = words;
	s->command.len = 1;
	c->memory_max = 1 << 30;
	c->build_timeout_s = 600;
}

static void
a_build_is_whole_or_refused(void **unused)
{
	struct spec_build s;
	struct spec_job j;
	struct msg_conf_builder c;

	(void)unused;
	fill_spec(&s, &j, &c);
	assert_int_equal(build_spec_check(&s, &j, &c), REASON_NONE);
	assert_int_equal(s.limits.memory, 1 << 30);
	assert_int_equal(s.limits.time_s, 600);
	s.limits.time_s = 601;
	assert_int_equal(build_spec_check(&s, &j, &c), REASON_LIMIT_TOO_HIGH);
	fill_spec(&s, &j, &c);
	s.command.len = 0;
	assert_int_equal(build_spec_check(&s, &j, &c), REASON_SPEC_INCOMPLETE);
	fill_spec(&s, &j, &c);
	s.build_type = j.build_type = BUILD_IMAGE;
	assert_int_equal(build_spec_check(&s, &j, &c), REASON_SPEC_INCOMPLETE);
	fill_spec(&s, &j, &c);
	strlcpy(s.project, "q", sizeof(s.project));
	assert_int_equal(build_spec_check(&s, &j, &c), REASON_SPEC_INVALID);
}

static void
caches_go_by_project_trust_and_kind(void **unused)
{
	static char path[] = "/app/.cache", bad[] = "/proc/x";
	static char *paths[] = { path };
	struct spec_build s;
	struct template t;
	struct env e;

	(void)unused;
	env_init(&e);
	memset(&s, 0, sizeof(s));
	memset(&t, 0, sizeof(t));
	strlcpy(t.label.instance, "abcdefgh-", sizeof(t.label.instance));
	t.label.project_id = 4;
	assert_int_equal(cache_mount(&t, &s), REASON_NONE);
	assert_int_equal(t.mounts_len, 0);
	strlcpy(s.cache_type, "go", sizeof(s.cache_type));
	s.trusted = 1;
	assert_int_equal(cache_mount(&t, &s), REASON_NONE);
	assert_int_equal(t.mounts_len, 2);
	assert_string_equal(t.mounts[0].volume,
	    "cid-abcdefgh-cache-4-trusted-"
	    "go");
	assert_string_equal(t.mounts[1].target, "/root/.cache/go-build");
	assert_int_equal(cache_set_env(&e, &s), REASON_NONE);
	assert_int_equal(e.len, 2);
	strlcpy(s.cache_type, "paths", sizeof(s.cache_type));
	s.cache_paths.items = paths;
	s.cache_paths.len = 1;
	assert_int_equal(cache_mount(&t, &s), REASON_NONE);
	assert_string_equal(t.mounts[2].target, path);
	paths[0] = bad;
	assert_int_equal(cache_mount(&t, &s), REASON_SPEC_INVALID);
	strlcpy(s.cache_type, "nope", sizeof(s.cache_type));
	assert_int_equal(cache_mount(&t, &s), REASON_SPEC_INVALID);
	env_free(&e);
}

static void
listening_ports_are_found(void **unused)
{
	static const char tcp[] =
	    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"
	    " retrnsmt   uid  timeout inode\n"
	    "   0: 0B00007F:8C4B 00000000:0000 0A 00000000:00000000 00:00000000"
	    " 00000000     0        0 1 1\n"
	    "   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000"
	    " 00000000     0        0 2 1\n"
	    "   2: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000"
	    " 00000000     0        0 3 1\n"
	    "   3: 0200D50A:1F90 0100D50A:1234 01 00000000:00000000 00:00000000"
	    " 00000000     0        0 4 1\n";
	static const char tcp6[] =
	    "  sl  local_address                         remote_address\n"
	    "   0: 00000000000000000000000000000000:1F91 "
	    "00000000000000000000000000000000:0000 0A 00000000:00000000\n"
	    "   1: 00000000000000000000000001000000:1F92 "
	    "00000000000000000000000000000000:0000 0A 00000000:00000000\n"
	    "garbage\n";
	struct ports p;
	char buf[64];

	(void)unused;
	memset(&p, 0, sizeof(p));
	ports_add(&p, tcp, sizeof(tcp) - 1);
	ports_add(&p, tcp6, sizeof(tcp6) - 1);
	assert_string_equal(ports_print(&p, buf, sizeof(buf)),
	    "8080 127.0.0.1:9090 8081 127.0.0.1:8082");
}

struct found {
	char text[512];
	char data[64];
	size_t data_len;
};

static int
on_entry(void *arg, const struct tar_entry *e)
{
	struct found *f = arg;
	char line[128];

	snprintf(line, sizeof(line), "%d %lld %.64s\n", e->type,
	    (long long)e->size, e->path);
	strlcat(f->text, line, sizeof(f->text));
	return 1;
}

static void
on_content(void *arg, const char *data, size_t len)
{
	struct found *f = arg;

	memcpy(f->data + f->data_len, data, len);
	f->data_len += len;
}

static size_t
put_header(char *b, const char *name, char type, size_t size)
{
	unsigned int sum = 0;
	size_t i;

	memset(b, 0, TAR_BLOCK);
	snprintf(b, 100, "%s", name);
	snprintf(b + 100, 8, "%07o", 0644U);
	snprintf(b + 124, 12, "%011zo", size);
	snprintf(b + 136, 12, "%011o", 1700000000U);
	memset(b + 148, ' ', 8);
	b[156] = type;
	memcpy(b + 257, "ustar\00000", 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)b[i];
	snprintf(b + 148, 8, "%06o", sum);
	return TAR_BLOCK;
}

static size_t
make_tar(char *buf)
{
	static const char pax[] = "22 path=output/longer\n";
	size_t n = 0;

	n += put_header(buf + n, "output/", '5', 0);
	n += put_header(buf + n, "output/a", '0', 5);
	memcpy(buf + n, "hello", 5);
	n += TAR_BLOCK;
	n += put_header(buf + n, "PaxHeaders/x", 'x', sizeof(pax) - 1);
	memcpy(buf + n, pax, sizeof(pax) - 1);
	n += TAR_BLOCK;
	n += put_header(buf + n, "output/l", '0', 0);
	n += put_header(buf + n, "output/s", '2', 0);
	memset(buf + n, 0, 2 * TAR_BLOCK);
	return n + 2 * TAR_BLOCK;
}

static void
an_archive_is_read_whatever_the_pieces(void **unused)
{
	char *buf = calloc(1, 16 * TAR_BLOCK);
	size_t step, i, n, len = make_tar(buf);
	struct found f;
	struct tar_to to = { on_entry, on_content, &f };
	struct tar *t = calloc(1, sizeof(*t));

	(void)unused;
	for (step = 1; step <= len; step += 97) {
		memset(&f, 0, sizeof(f));
		memset(t, 0, sizeof(*t));
		for (i = 0; i < len; i += n) {
			n = step < len - i ? step : len - i;
			assert_int_equal(tar_walk(t, &to, buf + i, n), 0);
		}
		assert_string_equal(f.text,
		    "1 0 output/\n0 5 output/a\n0 0 output/longer\n"
		    "2 0 output/s\n");
		assert_string_equal(f.data, "hello");
		tar_free(t);
	}
	buf[0] ^= 1; /* the sum does not fit any more */
	memset(t, 0, sizeof(*t));
	assert_int_equal(tar_walk(t, &to, buf, len), -1);
	free(t);
	free(buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_judged_by_its_end),
		cmocka_unit_test(an_end_nobody_saw_is_doubted),
		cmocka_unit_test(a_variable_is_set_once),
		cmocka_unit_test(a_build_is_whole_or_refused),
		cmocka_unit_test(caches_go_by_project_trust_and_kind),
		cmocka_unit_test(listening_ports_are_found),
		cmocka_unit_test(an_archive_is_read_whatever_the_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
