#ifndef CID_PROXY_H
#define CID_PROXY_H

#include <stddef.h>
#include <stdint.h>

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>

#include "http1.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "wheel.h"

struct event;
struct event_base;
struct route_table;

/* One buffer for all connections: what is read goes out in the same turn. */
#define PROXY_ROOM 49152  /* for a rewritten head before what was read */
#define PROXY_READ 262144 /* bytes read at once, at most */
#define PROXY_FIRST 65536 /* and until a connection shows that it keeps up */
#define PROXY_TURNS 32	  /* reads before others have their turn */

#define PROXY_IDLE_MAX 512 /* idle connections kept per target */
#define PROXY_API_S 60	   /* silence of the API */
#define PROXY_API_DRAIN_MS 10000
#define PROXY_BODY_S 60 /* for a whole body, where the API waits for it */

/* What cid.conf allows, in seconds and bytes. */
struct proxy_limits {
	uint32_t head;
	uint32_t idle;
	uint32_t connect;
	uint32_t upstream;
	uint32_t drain_ms;
	uint32_t clients;
	uint64_t body;		  /* 0: any */
	char host[CONF_HOST_MAX]; /* edge: of path routes; admin: its own */
	struct conf_pool pool;
};

LIST_HEAD(listener_list, listener);
LIST_HEAD(client_list, client);
TAILQ_HEAD(client_queue, client);
TAILQ_HEAD(upstream_queue, upstream);
RB_HEAD(target_tree, target);
SLIST_HEAD(conn_list, conn);

/* A worker: all it knows. */
struct proxy {
	struct event_base *base;
	struct event *tick;
	struct event *again; /* to go on with those in resume */
	struct event *stop_limit;
	struct proxy_limits limits;
	struct wheel wheel; /* of clients */
	struct listener_list listeners;
	struct client_list clients;
	struct client_queue resume;
	struct target_tree targets;
	struct upstream_queue idle; /* the longest first */
	struct conn_list dead;
	struct route_table *routes;
	uint64_t generation;	     /* of the routes */
	struct msg_route_load first; /* the parent's table, in first_fd */
	int first_fd;		     /* -1: nothing */
	struct target *api;	     /* admin only */
	struct target *hooks;	     /* the same socket, but for webhooks */
	char *room;		     /* PROXY_ROOM, then PROXY_READ bytes */
	char *data;		     /* the latter */
	char *out;		/* PROXY_ROOM bytes for a head to be written */
	struct http1_head head; /* the last one read */
	uint64_t next_id;
	uint32_t now; /* seconds, since some start; never 0 */
	uint32_t clients_len;
	uint32_t turns; /* left in this callback */
	int is_admin;
	int is_paused; /* listeners don't accept */
	int is_stopping;
	char root[CONF_PATH_MAX]; /* the sandbox's */
};

void proxy_init(struct proxy *, int is_admin);
void proxy_start(struct proxy *);
void proxy_awake(struct proxy *);
int proxy_turn(struct proxy *, struct client *);
void proxy_resume(struct proxy *, struct client *);
void proxy_bury(struct proxy *, struct conn *);
void proxy_reap(struct proxy *);
void proxy_stop(struct proxy *);
void proxy_gone(struct proxy *);

#endif /* CID_PROXY_H */
