#ifndef CID_RECONCILE_H
#define CID_RECONCILE_H

#include <stddef.h>
#include <stdint.h>

#include "msg_release.h"
#include "spec_release.h"

/* What visitors of an environment get. */
enum rec_route {
	REC_NO_ROUTE,
	REC_VACANT, /* a page that says that nothing is released */
	REC_LIVE
};

/* What cid-builder was told to do and has not answered yet. */
enum rec_order {
	REC_NO_ORDER,
	REC_ORDER_START,
	REC_ORDER_STOP,
	REC_ORDER_REMOVE
};

/* What cid-api has to hear, and has heard (told). */
#define REC_STARTED 0x1
#define REC_HEALTHY 0x2
#define REC_FAILED 0x4
#define REC_SWITCHED 0x8
#define REC_DRAINED 0x10

/* One slot: what should be, what is, what is under way. */
struct rec_slot {
	enum slot_want want;
	uint64_t release_id;	   /* wanted; 0: none */
	enum container_state seen; /* CONTAINER_GONE: there is none */
	uint64_t seen_release;
	int is_in_place; /* it has the slot's address */
	enum rec_order order;
	uint64_t order_release;
	int is_waiting;	 /* the order failed, and its next try is not due */
	int is_kept;	 /* the engine was told to keep the container running */
	int is_checking; /* health, or the reason of a failure */
	int is_healthy;	 /* the wanted release passed in this container */
	int is_failed;	 /* it did not: wait for another wish */
	uint64_t draining; /* release whose requests may still run; 0: none */
	unsigned int told; /* REC_STARTED and so on */
};

struct rec_env {
	int is_wanted; /* 0: everything of it is to go */
	int can_order; /* cid-builder and the engine are there */
	enum rec_route route;
	uint32_t route_slot;
	uint64_t route_release;
	int is_route_stale;   /* its names changed */
	int is_route_settled; /* every worker has it */
	struct rec_slot slots[SLOTS];
};

enum rec_act {
	REC_START,
	REC_STOP,
	REC_REMOVE,
	REC_CHECK,
	REC_UNCHECK,
	REC_ROUTE,   /* visitors go to this slot */
	REC_VACATE,  /* visitors get the page */
	REC_UNROUTE, /* nobody knows the environment any more */
	REC_TELL,    /* cid-api: one of REC_STARTED and so on */
	REC_FORGET   /* nothing is left of it; the last action of a plan */
};

struct rec_action {
	enum rec_act act;
	uint32_t slot;
	unsigned int tell;
};

#define REC_ACTIONS_MAX 16

struct rec_plan {
	struct rec_action actions[REC_ACTIONS_MAX];
	size_t len;
};

/* What cid-api said of the whole. */
struct rec_world {
	int is_synced;	   /* everything that should be was named once */
	int is_listed;	   /* everything that is was named once */
	uint32_t projects; /* in the database */
	enum reconcile_mode mode;
	size_t unknown; /* environments seen that nobody wants */
	size_t wanted;
};

enum rec_stray {
	REC_HOLD, /* until a person decides */
	REC_TAKE_AWAY
};

int reconcile_may_begin(const struct rec_world *);
enum rec_stray reconcile_stray(const struct rec_world *, int is_held);
void reconcile_env(const struct rec_env *, struct rec_plan *);

#endif /* CID_RECONCILE_H */
