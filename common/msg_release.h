#ifndef CID_MSG_RELEASE_H
#define CID_MSG_RELEASE_H

#include <stdint.h>

enum slot {
	SLOT_BLUE,
	SLOT_GREEN,
	SLOTS
};

/*
 * Facts are repeated, since an edge may break between a fact and its reader:
 * each RELEASE_WANT is answered by what holds already of the slots it names.
 * A slot that is to be deployed: RELEASE_STARTED, RELEASE_HEALTHY or
 * RELEASE_FAILED; an active one whose route is in force: RELEASE_SWITCHED; one
 * in grace that no worker sends to any more: RELEASE_DRAINED.  RELEASE_FORGET,
 * for an environment that ends, is answered by RELEASE_FORGOTTEN once its
 * routes, containers and network are gone.  RELEASE_RETRY starts the
 * container of one active slot that is not running, however often that
 * failed.
 */

/* One environment of one project; net is its number in the pool. */
struct msg_env {
	uint64_t env_id;
	uint64_t project_id;
	uint32_t net;
	uint32_t slot; /* enum slot, where the message is about one */
	uint64_t release_id;
};

struct msg_release {
	uint64_t env_id;
	uint64_t project_id;
	uint64_t release_id;
	uint64_t build_id;
	uint32_t slot;
	uint32_t reason; /* enum reason */
	uint32_t count;	 /* RELEASE_DRAINED: requests that were cut off */
	uint32_t number; /* of the build, for its log */
};

struct msg_release_try {
	struct msg_release release;
	uint32_t attempt; /* from 1 */
	uint32_t attempts_max;
	uint32_t ok;
	uint32_t http_status; /* 0 for TCP and for no answer */
	uint32_t time_ms;
	uint32_t zero;
};

enum container_state {
	CONTAINER_GONE,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_EXITED,
	CONTAINER_STATES
};

/* What cid-builder sees of a slot's container.  The tail is its id. */
struct msg_container {
	uint64_t env_id;
	uint64_t project_id;
	uint64_t release_id;
	uint32_t net;
	uint32_t slot;
	uint32_t state; /* enum container_state */
	int32_t exit_code;
	uint32_t oom; /* killed for memory */
	uint32_t restarts;
	uint32_t port;	      /* where the app should listen, inside */
	uint32_t published;   /* on 127.0.0.1 of the host; 0: not published */
	uint64_t started_ms;  /* since the epoch; 0: never */
	uint32_t healthcheck; /* of the image: 0 none, 1 starting, 2 healthy,
				 3 unhealthy */
	uint32_t zero;
};

struct msg_container_stop {
	struct msg_env env; /* release_id 0: whatever is in the slot */
	uint32_t remove;    /* else it is kept, stopped */
	uint32_t zero;
};

struct msg_release_sync {
	uint32_t projects; /* known to the database */
	uint32_t mode;	   /* enum reconcile_mode */
};

/* What to do with labelled containers that no project knows. */
enum reconcile_mode {
	RECONCILE_NORMAL,
	RECONCILE_ADOPT,
	RECONCILE_PURGE,
	RECONCILE_MODES
};

struct msg_reconciled {
	uint32_t started;
	uint32_t stopped;
	uint32_t removed;
	uint32_t routed;
	uint32_t unknown; /* left alone until a person decides */
	uint32_t zero;
};

#endif /* CID_MSG_RELEASE_H */
