#ifndef CID_FRAME_H
#define CID_FRAME_H

#include <bsd/sys/queue.h>
#include <stddef.h>
#include <stdint.h>

struct msg;

#define FRAME_QUEUE_MAX 1048576UL /* bytes one edge may be behind */
#define FRAME_FDS_MAX 8		  /* descriptors without their frame yet */

#define FRAME_ALIGN 8 /* of the payload; zeros fill it up */

/* On the wire, host byte order, before each payload. */
struct frame_head {
	uint32_t type;
	uint32_t len; /* of the payload */
	uint32_t has_fd;
	uint32_t zero;
};

struct frame_out {
	STAILQ_ENTRY(frame_out) entry;
	size_t len;
	size_t done;
	int fd; /* travels with the first byte */
	uint8_t data[];
};

/* One direction each; zeroed memory and frame_init() make them usable. */
struct frame_in {
	uint8_t *buf;
	size_t pos; /* of the first frame not yet done */
	size_t len;
	size_t cap;
	int fds[FRAME_FDS_MAX];
	size_t fds_len;
};

struct frame_queue {
	STAILQ_HEAD(, frame_out)
	head;
	size_t bytes;
};

enum frame_result {
	FRAME_OK,
	FRAME_MORE, /* nothing whole yet, or the socket is full */
	FRAME_EOF,
	FRAME_BAD, /* not frames; the edge is of no use any more */
	FRAME_ERROR
};

void frame_init(struct frame_in *, struct frame_queue *);
void frame_clear(struct frame_in *, struct frame_queue *);
enum frame_result frame_read(struct frame_in *, int);
enum frame_result frame_next(struct frame_in *, struct msg *);
void frame_done(struct frame_in *, struct msg *);
int frame_push(struct frame_queue *, const struct msg *, const void *, size_t);
enum frame_result frame_write(struct frame_queue *, int);

#endif /* CID_FRAME_H */
