/*
 * Sends what libFuzzer makes as one end of an edge, in pieces and with stray
 * descriptors, and checks what readers build on: payloads aligned and inside
 * the buffer, tails inside the payload, frames that pass come out again.
 */

#include <sys/socket.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

static void
send_piece(int to, const uint8_t *data, size_t len, int with_fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	uint8_t copy[256];
	struct iovec iov = { .iov_base = copy, .iov_len = len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;

	memcpy(copy, data, len);
	if (with_fd) {
		memset(&control, 0, sizeof(control));
		mh.msg_control = control.buf;
		mh.msg_controllen = sizeof(control.buf);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &to, sizeof(to));
	}
	must(sendmsg(to, &mh, 0) == (ssize_t)len);
}

/* Whoever may say it: the tail is what follows the struct. */
static void
check_frame(const struct msg *m)
{
	enum proc from, to;
	struct msg_tail t;

	must((uintptr_t)m->data % FRAME_ALIGN == 0);
	must(m->len <= MSG_LEN_MAX);
	for (from = 0; from < PROC_MAX; from++) {
		for (to = 0; to < PROC_MAX; to++) {
			if (msg_check(m, from, to) != MSG_OK)
				continue;
			must(msg_edge(from, to));
			t = msg_tail(m);
			must(t.len <= m->len);
			must(t.data + t.len == (const char *)m->data + m->len);
		}
	}
}

static void
check_again(const struct msg *m)
{
	struct frame_queue out;
	struct frame_in in;
	struct frame_out *fo;
	struct msg same;
	int fds[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	frame_init(&in, &out);
	must(frame_push(&out, m, NULL, 0) == 0);
	fo = STAILQ_FIRST(&out.head);
	must(fo != NULL && fo->len % FRAME_ALIGN == 0);
	must(frame_write(&out, fds[0]) == FRAME_OK);
	must(frame_read(&in, fds[1]) == FRAME_OK);
	must(frame_next(&in, &same) == FRAME_OK);
	must(same.type == m->type && same.len == m->len);
	must(memcmp(same.data, m->data, m->len) == 0);
	must((same.fd == -1) == (m->fd == -1));
	frame_done(&in, &same);
	frame_clear(&in, &out);
	close(fds[0]);
	close(fds[1]);
}

static enum frame_result
take_frames(struct frame_in *in)
{
	enum frame_result r;
	struct msg m;

	while ((r = frame_next(in, &m)) == FRAME_OK) {
		check_frame(&m);
		if (m.len < 4096)
			check_again(&m);
		frame_done(in, &m);
	}
	return r;
}

/* The first byte: the length of pieces, the second: which bring what. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct frame_queue out;
	struct frame_in in;
	size_t i, n, piece;
	unsigned int turn = 0;
	int fds[2];

	if (len < 2)
		return 0;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	frame_init(&in, &out);
	piece = (size_t)data[0] + 1;
	for (i = 2; i < len; i += n) {
		n = len - i < piece ? len - i : piece;
		send_piece(fds[0], data + i, n, data[1] >> turn++ % 8 & 1);
		if (frame_read(&in, fds[1]) != FRAME_OK ||
		    take_frames(&in) != FRAME_MORE)
			break;
	}
	frame_clear(&in, &out);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
