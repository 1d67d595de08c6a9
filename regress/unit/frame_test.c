#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "frame.h"
#include "msg.h"

struct pair {
	struct frame_in in;
	struct frame_queue out;
	int to;
	int from;
};

static int
set_up(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	int fds[2];

	if (p == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		fds) == -1)
		return -1;
	frame_init(&p->in, &p->out);
	p->to = fds[0];
	p->from = fds[1];
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct pair *p = *state;

	frame_clear(&p->in, &p->out);
	close(p->to);
	close(p->from);
	free(p);
	return 0;
}

static int
push(struct pair *p, uint32_t type, const char *data, const char *tail, int fd)
{
	struct msg m = { type, strlen(data), fd, data };

	return frame_push(&p->out, &m, tail, strlen(tail));
}

/* Read until the socket is empty or is no use any more. */
static enum frame_result
read_all(struct pair *p)
{
	enum frame_result r;

	while ((r = frame_read(&p->in, p->from)) == FRAME_OK)
		;
	return r;
}

static void
assert_frame(struct pair *p, uint32_t type, const char *data)
{
	struct msg m;

	assert_int_equal(frame_next(&p->in, &m), FRAME_OK);
	assert_int_equal(m.type, type);
	assert_int_equal(m.len, strlen(data));
	assert_memory_equal(m.data, data, m.len);
	assert_int_equal(m.fd, -1);
	frame_done(&p->in, &m);
}

static void
frames_come_out_as_they_went_in(void **state)
{
	struct pair *p = *state;
	struct msg m;

	assert_int_equal(push(p, 1, "abc", "def", -1), 0);
	assert_int_equal(push(p, 2, "", "", -1), 0);
	assert_int_equal(push(p, 3, "", "tail", -1), 0);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_OK);
	assert_int_equal(p->out.bytes, 0);
	assert_int_equal(read_all(p), FRAME_MORE);
	assert_frame(p, 1, "abcdef");
	assert_frame(p, 2, "");
	assert_frame(p, 3, "tail");
	assert_int_equal(frame_next(&p->in, &m), FRAME_MORE);
}

/* Two frames, cut in two at each byte. */
static void
a_frame_may_come_in_pieces(void **state)
{
	struct pair *p = *state;
	struct frame_out *fo;
	uint8_t bytes[256];
	struct msg m;
	size_t cut, first, len = 0;

	assert_int_equal(push(p, 7, "first", "!", -1), 0);
	first = p->out.bytes;
	assert_int_equal(push(p, 8, "the second", "", -1), 0);
	STAILQ_FOREACH(fo, &p->out.head, entry) {
		assert_true(len + fo->len <= sizeof(bytes));
		memcpy(bytes + len, fo->data, fo->len);
		len += fo->len;
	}
	for (cut = 0; cut <= len; cut++) {
		assert_int_equal(write(p->to, bytes, cut), cut);
		assert_int_equal(read_all(p), FRAME_MORE);
		if (cut < first)
			assert_int_equal(frame_next(&p->in, &m), FRAME_MORE);
		else
			assert_frame(p, 7, "first!");
		assert_int_equal(write(p->to, bytes + cut, len - cut),
		    len - cut);
		assert_int_equal(read_all(p), FRAME_MORE);
		if (cut < first)
			assert_frame(p, 7, "first!");
		assert_frame(p, 8, "the second");
		assert_int_equal(frame_next(&p->in, &m), FRAME_MORE);
	}
}

static void
payloads_are_aligned_for_structs(void **state)
{
	static const char tail[] = "0123456789abcdef";
	struct pair *p = *state;
	struct msg m;
	size_t i;

	for (i = 0; i < 17; i++)
		assert_int_equal(push(p, (uint32_t)i, "", tail + i, -1), 0);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_OK);
	assert_int_equal(read_all(p), FRAME_MORE);
	for (i = 0; i < 17; i++) {
		assert_int_equal(frame_next(&p->in, &m), FRAME_OK);
		assert_int_equal((uintptr_t)m.data % FRAME_ALIGN, 0);
		assert_int_equal(m.len, 16 - i);
		frame_done(&p->in, &m);
	}
}

static ino_t
inode(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

static void
descriptors_stay_with_their_frames(void **state)
{
	struct pair *p = *state;
	struct msg m;
	ino_t want[2];
	int a[2], b[2], kept, seen;

	assert_int_equal(pipe2(a, O_CLOEXEC), 0);
	assert_int_equal(pipe2(b, O_CLOEXEC), 0);
	want[0] = inode(a[0]);
	want[1] = inode(b[0]);
	assert_int_equal(push(p, 1, "none", "", -1), 0);
	assert_int_equal(push(p, 2, "one", "", a[0]), 0);
	assert_int_equal(push(p, 3, "two", "", b[0]), 0);
	assert_int_equal(push(p, 4, "none", "", -1), 0);
	close(a[0]);
	close(b[0]);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_OK);
	assert_int_equal(read_all(p), FRAME_MORE);

	assert_frame(p, 1, "none");
	assert_int_equal(frame_next(&p->in, &m), FRAME_OK);
	assert_int_equal(inode(m.fd), want[0]);
	assert_int_equal(fcntl(m.fd, F_GETFD), FD_CLOEXEC);
	kept = m.fd;
	m.fd = -1;
	frame_done(&p->in, &m);
	assert_int_equal(frame_next(&p->in, &m), FRAME_OK);
	assert_int_equal(inode(m.fd), want[1]);
	seen = m.fd;
	frame_done(&p->in, &m);
	assert_true(is_open(kept));
	assert_false(is_open(seen));
	assert_frame(p, 4, "none");
	close(kept);
	close(a[1]);
	close(b[1]);
}

static void
a_frame_that_lacks_its_descriptor_is_bad(void **state)
{
	struct frame_head h = { .type = 1, .len = 0, .has_fd = 1 };
	struct pair *p = *state;
	struct msg m;

	assert_int_equal(write(p->to, &h, sizeof(h)), sizeof(h));
	assert_int_equal(read_all(p), FRAME_MORE);
	assert_int_equal(frame_next(&p->in, &m), FRAME_BAD);
}

/* Send n descriptors with one byte. */
static void
send_fds(int to, int fd, size_t n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * 16)];
	} control;
	struct iovec iov = { .iov_base = "", .iov_len = 1 };
	struct msghdr mh;
	struct cmsghdr *cm;
	size_t i;

	memset(&mh, 0, sizeof(mh));
	memset(&control, 0, sizeof(control));
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = control.buf;
	mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
	cm = CMSG_FIRSTHDR(&mh);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int) * n);
	for (i = 0; i < n; i++)
		memcpy(CMSG_DATA(cm) + i * sizeof(int), &fd, sizeof(fd));
	assert_int_equal(sendmsg(to, &mh, 0), 1);
}

static void
hoarded_descriptors_are_bad_and_closed(void **state)
{
	struct pair *p = *state;
	int fds[2], i;
	char c;

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	for (i = 0; i < FRAME_FDS_MAX; i++) {
		send_fds(p->to, fds[1], 1);
		assert_int_equal(frame_read(&p->in, p->from), FRAME_OK);
	}
	send_fds(p->to, fds[1], 1);
	assert_int_equal(frame_read(&p->in, p->from), FRAME_BAD);
	frame_clear(&p->in, &p->out);
	send_fds(p->to, fds[1], FRAME_FDS_MAX + 1);
	assert_int_equal(frame_read(&p->in, p->from), FRAME_BAD);
	frame_clear(&p->in, &p->out);
	close(fds[1]);
	/* Nobody else holds the writing end any more. */
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

static void
what_is_no_frame_is_bad(void **state)
{
	static const struct frame_head bad[] = {
		{ .len = MSG_LEN_MAX + 1 },
		{ .len = UINT32_MAX },
		{ .has_fd = 2 },
		{ .zero = 1 },
	};
	struct pair *p = *state;
	struct msg m;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(write(p->to, &bad[i], sizeof(bad[i])),
		    sizeof(bad[i]));
		assert_int_equal(read_all(p), FRAME_MORE);
		assert_int_equal(frame_next(&p->in, &m), FRAME_BAD);
		frame_clear(&p->in, &p->out);
	}
}

static void
the_longest_frame_passes(void **state)
{
	struct pair *p = *state;
	char *data = calloc(1, MSG_LEN_MAX);
	struct msg m = { 1, MSG_LEN_MAX, -1, data };

	assert_non_null(data);
	assert_int_equal(frame_push(&p->out, &m, "", 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(frame_push(&p->out, &m, NULL, SIZE_MAX), -1);
	assert_int_equal(frame_push(&p->out, &m, NULL, 0), 0);
	while (frame_write(&p->out, p->to) == FRAME_MORE)
		assert_int_equal(read_all(p), FRAME_MORE);
	assert_int_equal(read_all(p), FRAME_MORE);
	assert_int_equal(frame_next(&p->in, &m), FRAME_OK);
	assert_int_equal(m.len, MSG_LEN_MAX);
	frame_done(&p->in, &m);
	assert_null(p->in.buf);
	free(data);
}

static void
the_queue_is_bounded(void **state)
{
	struct pair *p = *state;
	char *data = calloc(1, 65536);
	struct msg m = { 1, 65536, -1, data };
	size_t n;

	assert_non_null(data);
	for (n = 0; frame_push(&p->out, &m, NULL, 0) == 0; n++)
		assert_true(p->out.bytes <= FRAME_QUEUE_MAX);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(n, 15);
	m.len = 0;
	assert_int_equal(frame_push(&p->out, &m, NULL, 0), 0);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_MORE);
	free(data);
}

static void
an_end_is_seen_on_both_sides(void **state)
{
	struct pair *p = *state;

	assert_int_equal(push(p, 1, "last", "", -1), 0);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_OK);
	shutdown(p->to, SHUT_WR);
	assert_int_equal(read_all(p), FRAME_EOF);
	assert_frame(p, 1, "last");
	close(p->from);
	p->from = -1;
	assert_int_equal(push(p, 2, "x", "", -1), 0);
	assert_int_equal(frame_write(&p->out, p->to), FRAME_EOF);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frames_come_out_as_they_went_in),
		TEST(a_frame_may_come_in_pieces),
		TEST(payloads_are_aligned_for_structs),
		TEST(descriptors_stay_with_their_frames),
		TEST(a_frame_that_lacks_its_descriptor_is_bad),
		TEST(hoarded_descriptors_are_bad_and_closed),
		TEST(what_is_no_frame_is_bad),
		TEST(the_longest_frame_passes),
		TEST(the_queue_is_bounded),
		TEST(an_end_is_seen_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
