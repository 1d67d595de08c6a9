/*
 * Checks each frame against its row in msg.def.
 */

#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "msg_route.h"

struct msg_row {
	const char *name;
	enum proc from;
	enum proc to;
	size_t size;
	size_t tail;
	int fd;
};

static const struct msg_row rows[MSG_MAX] = {
#define MSG(name, from, to, size, tail, fd) \
	[MSG_##name] = { #name, PROC_##from, PROC_##to, size, tail, fd },
#include "msg.def"
#undef MSG
};

static const char *const proc_names[PROC_MAX] = {
	[PROC_PARENT] = "cid",
	[PROC_EDGE] = "edge",
	[PROC_ADMIN] = "admin",
	[PROC_API] = "api",
	[PROC_BUILDER] = "builder",
	[PROC_GIT] = "git",
	[PROC_DEPLOYER] = "deployer",
};

static int
is_party(enum proc row, enum proc who)
{
	return row == who || (row == PROC_CHILD && who != PROC_PARENT);
}

/*
 * Say whether a frame may be handled: known type, sent by the process that
 * owns it to the process that expects it, with the length, the descriptor
 * and the values that its row declares.
 */
enum msg_error
msg_check(const struct msg *m, enum proc from, enum proc to)
{
	const struct msg_row *row;

	if (m->type >= MSG_MAX)
		return MSG_ETYPE;
	row = &rows[m->type];
	if (!is_party(row->from, from) || !is_party(row->to, to))
		return MSG_EPEER;
	if (m->len < row->size || m->len - row->size > row->tail)
		return MSG_ELEN;
	if ((m->fd != -1) != row->fd)
		return MSG_EFD;
	return msg_check_value(m);
}

const char *
msg_name(uint32_t type)
{
	return type < MSG_MAX ? rows[type].name : "unknown";
}

const char *
msg_strerror(enum msg_error e)
{
	switch (e) {
	case MSG_OK:
		return "ok";
	case MSG_ETYPE:
		return "unknown type";
	case MSG_EPEER:
		return "wrong peer";
	case MSG_ELEN:
		return "bad length";
	case MSG_EFD:
		return "missing or stray descriptor";
	case MSG_EVALUE:
		return "bad value";
	case MSG_EQUEUE:
		return "does not read";
	}
	return "unknown error";
}

const char *
proc_name(enum proc p)
{
	return p < PROC_MAX ? proc_names[p] : "unknown";
}

/* The tail of a frame that msg_check() has passed. */
struct msg_tail
msg_tail(const struct msg *m)
{
	struct msg_tail t;

	t.len = m->len - rows[m->type].size;
	t.data = (const char *)m->data + rows[m->type].size;
	return t;
}

/* Say whether any message goes between two processes, either way. */
int
msg_edge(enum proc a, enum proc b)
{
	size_t i;

	for (i = 0; i < MSG_MAX; i++) {
		if ((is_party(rows[i].from, a) && is_party(rows[i].to, b)) ||
		    (is_party(rows[i].from, b) && is_party(rows[i].to, a)))
			return 1;
	}
	return 0;
}
