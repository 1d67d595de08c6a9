/*
 * Frames on a stream socket: a 16-byte head, a payload, and for some a
 * descriptor that travels with the first byte.  Knows nothing of what the
 * frames mean, only that none is longer than MSG_LEN_MAX.
 */

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "msg.h"

#define READ_SIZE 65536
#define IOV_BATCH 64

void
frame_init(struct frame_in *in, struct frame_queue *out)
{
	memset(in, 0, sizeof(*in));
	memset(out, 0, sizeof(*out));
	STAILQ_INIT(&out->head);
}

/* Free what is buffered, both ways, and close descriptors under way. */
void
frame_clear(struct frame_in *in, struct frame_queue *out)
{
	struct frame_out *fo;

	while (in->fds_len > 0)
		close(in->fds[--in->fds_len]);
	free(in->buf);
	while ((fo = STAILQ_FIRST(&out->head)) != NULL) {
		STAILQ_REMOVE_HEAD(&out->head, entry);
		if (fo->fd != -1)
			close(fo->fd);
		free(fo);
	}
	frame_init(in, out);
}

/* Payloads are filled up so that structs in the buffer are aligned. */
static size_t
padded(size_t len)
{
	return (len + FRAME_ALIGN - 1) & ~(size_t)(FRAME_ALIGN - 1);
}

static int
make_room(struct frame_in *in)
{
	uint8_t *grown;
	size_t cap;

	if (in->pos > 0) {
		in->len -= in->pos;
		memmove(in->buf, in->buf + in->pos, in->len);
		in->pos = 0;
	}
	if (in->cap - in->len >= READ_SIZE)
		return 0;
	cap = in->len + READ_SIZE;
	if ((grown = realloc(in->buf, cap)) == NULL)
		return -1;
	in->buf = grown;
	in->cap = cap;
	return 0;
}

/* Keep what came along; more than a peer may have under way is an error. */
static int
take_fds(struct frame_in *in, struct msghdr *mh)
{
	struct cmsghdr *cm;
	size_t i, n;
	int fd, ret = (mh->msg_flags & MSG_CTRUNC) ? -1 : 0;

	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cm) + i * sizeof(int),
			    sizeof(fd));
			if (in->fds_len < FRAME_FDS_MAX) {
				in->fds[in->fds_len++] = fd;
				continue;
			}
			close(fd);
			ret = -1;
		}
	}
	return ret;
}

/*
 * Read once from the socket.  Returns FRAME_OK when bytes came, FRAME_MORE
 * when none are there, FRAME_EOF, FRAME_BAD or FRAME_ERROR with errno set.
 */
enum frame_result
frame_read(struct frame_in *in, int fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * FRAME_FDS_MAX)];
	} control;
	struct iovec iov;
	struct msghdr mh;
	ssize_t n;

	if (make_room(in) == -1)
		return FRAME_ERROR;
	iov.iov_base = in->buf + in->len;
	iov.iov_len = in->cap - in->len;
	memset(&mh, 0, sizeof(mh));
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = control.buf;
	mh.msg_controllen = sizeof(control.buf);
	n = recvmsg(fd, &mh, MSG_CMSG_CLOEXEC);
	if (n == -1) {
		if (errno == EAGAIN || errno == EINTR)
			return FRAME_MORE;
		return errno == ECONNRESET ? FRAME_EOF : FRAME_ERROR;
	}
	if (take_fds(in, &mh) == -1)
		return FRAME_BAD;
	if (n == 0)
		return FRAME_EOF;
	in->len += (size_t)n;
	return FRAME_OK;
}

/*
 * Look at the first whole frame.  m points into the buffer and is good until
 * frame_done(), which must follow before the next call.
 */
enum frame_result
frame_next(struct frame_in *in, struct msg *m)
{
	struct frame_head h;

	if (in->len - in->pos < sizeof(h))
		return FRAME_MORE;
	memcpy(&h, in->buf + in->pos, sizeof(h));
	if (h.len > MSG_LEN_MAX || h.has_fd > 1 || h.zero != 0)
		return FRAME_BAD;
	if (in->len - in->pos - sizeof(h) < padded(h.len))
		return FRAME_MORE;
	m->type = h.type;
	m->len = h.len;
	m->data = in->buf + in->pos + sizeof(h);
	m->fd = -1;
	if (h.has_fd) {
		if (in->fds_len == 0)
			return FRAME_BAD;
		m->fd = in->fds[0];
		in->fds_len--;
		memmove(in->fds, in->fds + 1, in->fds_len * sizeof(int));
	}
	return FRAME_OK;
}

/* Forget the frame and close its descriptor unless somebody kept it. */
void
frame_done(struct frame_in *in, struct msg *m)
{
	if (m->fd != -1)
		close(m->fd);
	in->pos += sizeof(struct frame_head) + padded(m->len);
	if (in->pos < in->len)
		return;
	in->pos = in->len = 0;
	if (in->cap > READ_SIZE) {
		free(in->buf);
		in->buf = NULL;
		in->cap = 0;
	}
}

/*
 * Queue a frame with an optional tail.  m->fd is duplicated and stays the
 * caller's.  Returns 0, or -1 when the peer is too far behind (errno
 * ENOBUFS), the frame is too long (EMSGSIZE), or memory or descriptors ran
 * out; nothing is queued then.
 */
int
frame_push(struct frame_queue *q, const struct msg *m, const void *tail,
    size_t tail_len)
{
	struct frame_head h;
	struct frame_out *fo;
	size_t len, used;

	if (m->len > MSG_LEN_MAX || tail_len > MSG_LEN_MAX - m->len) {
		errno = EMSGSIZE;
		return -1;
	}
	used = sizeof(h) + m->len + tail_len;
	len = sizeof(h) + padded(m->len + tail_len);
	if (q->bytes > 0 && q->bytes + len > FRAME_QUEUE_MAX) {
		errno = ENOBUFS;
		return -1;
	}
	if ((fo = malloc(sizeof(*fo) + len)) == NULL)
		return -1;
	fo->fd = -1;
	if (m->fd != -1 && (fo->fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		free(fo);
		return -1;
	}
	memset(&h, 0, sizeof(h));
	h.type = m->type;
	h.len = (uint32_t)(m->len + tail_len);
	h.has_fd = m->fd != -1;
	memcpy(fo->data, &h, sizeof(h));
	if (m->len > 0)
		memcpy(fo->data + sizeof(h), m->data, m->len);
	if (tail_len > 0)
		memcpy(fo->data + sizeof(h) + m->len, tail, tail_len);
	memset(fo->data + used, 0, len - used);
	fo->len = len;
	fo->done = 0;
	STAILQ_INSERT_TAIL(&q->head, fo, entry);
	q->bytes += len;
	return 0;
}

/* Gather frames up to, not into, the next one that carries a descriptor. */
static size_t
gather(const struct frame_queue *q, struct iovec *iov)
{
	struct frame_out *fo;
	size_t n = 0;

	STAILQ_FOREACH(fo, &q->head, entry) {
		if (n == IOV_BATCH || (n > 0 && fo->fd != -1))
			break;
		iov[n].iov_base = fo->data + fo->done;
		iov[n].iov_len = fo->len - fo->done;
		n++;
	}
	return n;
}

static void
attach_fd(struct msghdr *mh, void *buf, size_t len, int fd)
{
	struct cmsghdr *cm;

	memset(buf, 0, len);
	mh->msg_control = buf;
	mh->msg_controllen = len;
	cm = CMSG_FIRSTHDR(mh);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
}

static void
consume(struct frame_queue *q, size_t n)
{
	struct frame_out *fo;

	q->bytes -= n;
	while (n > 0 && (fo = STAILQ_FIRST(&q->head)) != NULL) {
		if (fo->fd != -1) {
			close(fo->fd);
			fo->fd = -1;
		}
		if (n < fo->len - fo->done) {
			fo->done += n;
			return;
		}
		n -= fo->len - fo->done;
		STAILQ_REMOVE_HEAD(&q->head, entry);
		free(fo);
	}
}

/*
 * Write what the socket takes.  Returns FRAME_OK when the queue is empty,
 * FRAME_MORE when the socket is full, FRAME_EOF when nobody reads any more,
 * FRAME_ERROR otherwise.
 */
enum frame_result
frame_write(struct frame_queue *q, int fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov[IOV_BATCH];
	struct msghdr mh;
	struct frame_out *fo;
	ssize_t n;

	while ((fo = STAILQ_FIRST(&q->head)) != NULL) {
		memset(&mh, 0, sizeof(mh));
		mh.msg_iov = iov;
		mh.msg_iovlen = gather(q, iov);
		if (fo->fd != -1)
			attach_fd(&mh, control.buf, sizeof(control.buf),
			    fo->fd);
		n = sendmsg(fd, &mh, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EPIPE || errno == ECONNRESET))
			return FRAME_EOF;
		if (n == -1)
			return errno == EAGAIN ? FRAME_MORE : FRAME_ERROR;
		consume(q, (size_t)n);
	}
	return FRAME_OK;
}
