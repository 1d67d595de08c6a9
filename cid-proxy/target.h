#ifndef CID_TARGET_H
#define CID_TARGET_H

#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <stdint.h>

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>

struct client;
struct event;
struct msg_route;
struct proxy;
struct upstream;

LIST_HEAD(upstream_list, upstream);
TAILQ_HEAD(target_clients, client);

/* Where requests go: a release in its slot, or the API. */
struct target {
	RB_ENTRY(target) entry;
	struct proxy *px;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} addr;
	socklen_t addr_len;
	struct upstream_list idle; /* last used first */
	struct target_clients active;
	struct target_clients waiting; /* for a connection */
	uint32_t active_len;
	uint32_t idle_len;
	uint32_t open;	 /* connections, tunnels excepted */
	uint32_t limit;	 /* of open; 0: none */
	uint32_t routes; /* in the table */
	uint64_t env_id;
	uint64_t release_id;
	uint32_t slot;
	struct event *retry; /* after a full backlog */

	/* While no route leads here any more: */
	int is_draining;
	uint64_t generation; /* of the change that did it */
	uint32_t cut;
	struct event *drain;
};

struct target *target_next(struct proxy *, struct target *);
struct target *target_for(struct proxy *, const struct msg_route *);
struct target *target_api(struct proxy *, const char *path, uint32_t limit);
void target_remove(struct target *);
void target_enter(struct target *, struct client *);
void target_leave(struct client *);
void target_wait(struct target *, struct client *);
void target_wake(struct target *);
void target_later(struct target *);

#endif /* CID_TARGET_H */
