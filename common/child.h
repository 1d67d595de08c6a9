#ifndef CID_CHILD_H
#define CID_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "msg.h"

struct event_base;
struct peer;

/*
 * One kind of neighbour.  up is called when an edge to it is there, also
 * anew after a crash; down when it broke.  Both may be NULL.
 */
struct child_edge {
	enum proc them;
	void (*from)(struct peer *, struct msg *);
	void (*up)(struct peer *);
	void (*down)(struct peer *);
};

/*
 * A program that the parent starts.  The edge to PROC_PARENT gets CONF_*,
 * LISTENER_* and the like, before START and on reload; PING, PEER_NEW, STOP
 * and TRY never reach it.  stop begins a clean end, which child_exit()
 * completes.
 */
struct child {
	enum proc proc;
	const struct child_edge *edges;
	size_t edges_len;
	void (*stop)(void);
};

/* The identity the parent chose, for sandbox_enter(). */
struct child_user {
	uid_t uid;
	gid_t gid;
	gid_t extra; /* the Docker socket's group; (gid_t)-1: none */
};

void child_start(const struct child *, int argc, char **argv);
const struct child_user *child_user(void);
uint32_t child_instance(void);
void child_loop(struct event_base *);
void child_exit(void);
struct peer *child_peer(enum proc, uint32_t instance);
struct peer *child_parent(void);
void child_each(enum proc, void (*)(struct peer *, void *), void *);

#endif /* CID_CHILD_H */
