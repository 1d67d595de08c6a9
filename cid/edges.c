/*
 * Joins children by socketpairs, where a row of msg.def says that they talk.
 */

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "edges.h"
#include "kid.h"
#include "log.h"
#include "msg_conf.h"
#include "peer.h"
#include "tryout.h"

static int
give_end(struct kid *to, const struct kid *other, uint64_t generation, int fd)
{
	struct msg_peer_new m;

	memset(&m, 0, sizeof(m));
	m.proc = other->proc;
	m.instance = other->instance;
	m.generation = generation;
	return peer_send_fd(to->peer, MSG_PEER_NEW, &m, sizeof(m), MSG_NO_TAIL,
	    fd);
}

/* A generation names the lives of both ends, so that PEER_BAD is precise. */
static void
join(struct kid *a, struct kid *b)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		sv) == -1) {
		log_warn("%s and %s", proc_name(a->proc), proc_name(b->proc));
		return;
	}
	a->joined = b->joined = 1;
	give_end(a, b, b->generation, sv[0]);
	give_end(b, a, a->generation, sv[1]);
	close(sv[0]);
	close(sv[1]);
}

/* A cid-git that is only tried has no builder that asked for it. */
static int
are_neighbours(const struct kid *a, const struct kid *b)
{
	if (tryout_is_on() && (a->proc == PROC_GIT || b->proc == PROC_GIT))
		return 0;
	return msg_edge(a->proc, b->proc);
}

/* Join a child that became ready with every ready neighbour. */
void
edges_make(struct kid *k)
{
	struct kid *o = NULL;

	while ((o = kid_next(o)) != NULL) {
		if (o == k || !o->is_ready || o->peer == NULL)
			continue;
		if (are_neighbours(k, o))
			join(k, o);
	}
}
