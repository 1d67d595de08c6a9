#ifndef CID_ENV_H
#define CID_ENV_H

#include <bsd/sys/tree.h>
#include <stddef.h>
#include <stdint.h>

#include "msg_release.h"
#include "name.h"
#include "reason.h"
#include "reconcile.h"
#include "schema.h"
#include "slot.h"
#include "spec_release.h"

struct check;
struct event;

#define ENV_TEXT_MAX 512	/* of a sentence */
#define ENV_CONTAINER_ID_MAX 72 /* with the NUL */

enum env_standing {
	ENV_STRAY,   /* only seen; nobody wants it */
	ENV_REFUSED, /* wanted in a way that makes no sense: left alone */
	ENV_WANTED,
	ENV_FORGOTTEN /* everything of it is to go */
};

/* What cid-api wants of one slot: the part of the document that we use. */
struct env_want {
	enum slot_want want;
	uint64_t release_id; /* 0: none */
	uint64_t build_id;
	uint32_t number;  /* of the build */
	uint32_t port;	  /* inside the container */
	int is_published; /* or is to be, if a port is free */
	struct spec_health health;
};

/* What cid-builder saw last; state CONTAINER_GONE: there is none. */
struct env_seen {
	struct msg_container is;
	char id[ENV_CONTAINER_ID_MAX];
	int is_unseen; /* not named yet in the list that is under way */
	int is_found;  /* named by a list, not when it happened */
	int is_told;   /* cid-api heard of it */
};

/* What is under way for the release that is wanted in one slot. */
struct env_work {
	struct slot_at at;
	enum rec_order order;
	uint64_t order_release;
	uint64_t order_started_ms; /* of the container before the order */
	int is_waiting;		   /* for the next try of the order */
	int is_keeping;		   /* the start says to keep it running */
	int is_kept;		   /* and was carried out */
	struct event *timer;	   /* of the order; NULL until first needed */
	uint32_t delay_ms;	   /* before the next try */
	uint64_t running_since_ms; /* clock_ms(), 0: it does not run */
	int is_begun;		   /* we had it started */
	struct check *check;	   /* NULL: none under way */
	int is_healthy;
	int is_failed;
	uint32_t cut;	/* requests ended by the drain limit */
	uint32_t kills; /* ends by a signal from outside while checked */
	enum reason reason;
	char text[ENV_TEXT_MAX]; /* more than the reason's sentence, or "" */
	unsigned int told;	 /* REC_STARTED and so on */
};

struct env_slot {
	struct env_want want;
	struct env_seen seen;
	struct env_work work;
};

/* What the workers were told last. */
struct env_route {
	enum rec_route route;
	uint32_t slot;
	uint64_t release_id;
	uint64_t build_id;
	uint32_t number;
	uint64_t generation; /* of the last change */
	int is_stale;	     /* names, port or drain limit changed since */
};

/* One environment of one project, all that is known of it. */
struct env {
	RB_ENTRY(env) entry;
	uint64_t env_id;
	uint64_t project_id;
	uint32_t net;
	enum env_standing standing;
	int is_stale; /* cid-api was away and has not named it again */
	int is_held;  /* left alone until a person decides */
	int is_dirty; /* to be looked at in this turn */
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	char prefix[64];
	char **hosts;
	size_t hosts_len;
	uint32_t drain_ms;
	char *spec; /* as it came, for CONTAINER_START; NULL: never wanted */
	size_t spec_len;
	struct env_route route;
	struct env_slot slots[SLOTS];
};

struct env *env_find(uint64_t env_id);
struct env *env_get(uint64_t env_id, uint64_t project_id, uint32_t net);
struct env *
env_next(struct env *); /* NULL: the first; free only what it gave */
void env_free(struct env *);
void env_free_hosts(struct env *);
int env_is_live(const struct env *, uint32_t slot);
const char *env_name(const struct env *, uint32_t slot);

#endif /* CID_ENV_H */
