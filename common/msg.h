#ifndef CID_MSG_H
#define CID_MSG_H

#include <stddef.h>
#include <stdint.h>

/* Who speaks.  CHILD is a row of msg.def that holds for every program. */
enum proc {
	PROC_PARENT,
	PROC_EDGE,
	PROC_ADMIN,
	PROC_API,
	PROC_BUILDER,
	PROC_GIT,
	PROC_DEPLOYER,
	PROC_MAX,
	PROC_CHILD = PROC_MAX
};

enum msg_type {
#define MSG(name, from, to, size, tail, fd) MSG_##name,
#include "msg.def"
#undef MSG
	MSG_MAX
};

#define MSG_SPEC_MAX 262144 /* a JSON document */
#define MSG_TEXT_MAX 16384  /* a line or a sentence, UTF-8 not promised */
#define MSG_LEN_MAX (MSG_SPEC_MAX + 4096)

/*
 * A frame as it was read.  data and the descriptor belong to whoever reads
 * the frame; a handler that keeps fd sets it to -1, or it is closed after
 * the handler returns.
 */
struct msg {
	uint32_t type;
	size_t len;
	int fd; /* -1 when none came */
	const void *data;
};

enum msg_error {
	MSG_OK,
	MSG_ETYPE,
	MSG_EPEER,
	MSG_ELEN,
	MSG_EFD,
	MSG_EVALUE, /* a field of the payload is not what its row allows */
	MSG_EQUEUE  /* the reader is so far behind that it counts as broken */
};

/* The bytes after the fixed payload; len is 0 when there are none. */
struct msg_tail {
	size_t len;
	const char *data;
};

#define MSG_NO_TAIL ((struct msg_tail){ 0, NULL })

enum msg_error msg_check(const struct msg *, enum proc, enum proc);
enum msg_error msg_check_value(const struct msg *);
const char *msg_name(uint32_t);
const char *msg_strerror(enum msg_error);
const char *proc_name(enum proc);
int msg_edge(enum proc, enum proc);
struct msg_tail msg_tail(const struct msg *);

#endif /* CID_MSG_H */
