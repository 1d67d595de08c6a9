#ifndef CID_SLOT_H
#define CID_SLOT_H

#include <stdint.h>

#include "msg_release.h"
#include "spec_release.h"

enum slot_state {
	SLOT_EMPTY,    /* nothing, or a release that has yet to prove itself */
	SLOT_DEPLOYED, /* healthy, but not what visitors get */
	SLOT_ACTIVE,   /* gets the visitors */
	SLOT_GRACE,    /* the way back */
	SLOT_STATES
};

enum slot_event {
	SLOT_HEALTHY,  /* a release passed its health check */
	SLOT_PROMOTE,  /* traffic moves here */
	SLOT_OVERTAKE, /* traffic moved to the other slot */
	SLOT_REMOVE,   /* failed, replaced, expired or displaced */
	SLOT_EVENTS
};

/* Where a slot is, and with which release; 0: none. */
struct slot_at {
	enum slot_state state;
	uint64_t release_id;
};

/* Where cid-api wants a slot to be, and with which release. */
struct slot_goal {
	enum slot_want want;
	uint64_t release_id;
};

int slot_next(enum slot_state, enum slot_event, enum slot_state *);
int slot_follow(struct slot_at[SLOTS], const struct slot_goal[SLOTS],
    uint32_t *refused);
int slot_adopt(struct slot_at[SLOTS], const struct slot_goal[SLOTS],
    uint32_t *refused);

#endif /* CID_SLOT_H */
