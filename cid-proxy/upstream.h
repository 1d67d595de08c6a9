#ifndef CID_UPSTREAM_H
#define CID_UPSTREAM_H

#include <stdint.h>

#include <bsd/sys/queue.h>

#include "buf.h"
#include "conn.h"

struct client;
struct proxy;
struct target;

/* A connection to a target, in use by one client or idle in the pool. */
struct upstream {
	struct conn conn;	    /* first, see proxy_bury() */
	LIST_ENTRY(upstream) idle;  /* in its target */
	TAILQ_ENTRY(upstream) aged; /* in its proxy */
	struct proxy *px;
	struct target *target;
	struct client *client; /* NULL: idle */
	struct buf in;	       /* the beginning of a head */
	uint32_t idle_since;
	uint8_t reused;
	uint8_t connecting;
	uint8_t deaf; /* takes no more of the request */
	uint8_t tunnel;
};

enum upstream_result {
	UPSTREAM_OK,
	UPSTREAM_BUSY, /* as many as there may be; wait for one */
	UPSTREAM_REFUSED
};

enum upstream_result
upstream_get(struct proxy *, struct target *, int safe, struct upstream **);
enum upstream_result
upstream_connect(struct proxy *, struct target *, struct upstream **);
void upstream_put(struct upstream *);
void upstream_close(struct upstream *);
void upstream_tunnel(struct upstream *);
void upstream_age(struct proxy *);
void upstream_drop_idle(struct target *);

#endif /* CID_UPSTREAM_H */
