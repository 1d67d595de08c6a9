#ifndef CID_DEPLOYER_RIG_H
#define CID_DEPLOYER_RIG_H

#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "msg.h"
#include "msg_release.h"
#include "msg_route.h"

/*
 * The real cid-deployer in its sandbox, with this test in the place of the
 * parent, cid-api, cid-builder and the edge workers.  What is not true here
 * fails the test that runs.
 */

#define RIG_WORKERS 2
#define RIG_POOL 0x7f500000 /* 127.80.0.0/16: slots are on this host */
#define RIG_BLUE 0x7f500022 /* 127.80.0.34, of network 1 */
#define RIG_ENV 7
#define RIG_PROJECT 3
#define RIG_NET 1

struct wire {
	int fd; /* -1: not joined */
	enum proc proc;
	uint32_t instance;
	struct frame_in in;
	struct frame_queue out;
};

/* What one slot should be; release 0: empty. */
struct rig_slot {
	const char *want;
	uint64_t release;
};

struct rig {
	int pid;
	uint64_t generation;
	struct wire parent;
	struct wire api;
	struct wire builder;
	struct wire edge[RIG_WORKERS];
	const char *health; /* its JSON */
	uint16_t port[SLOTS];
	int listener[SLOTS];		   /* at the slots' addresses */
	enum container_state state[SLOTS]; /* as it was said last */
	uint64_t started[SLOTS];
	char spec[4096]; /* as it was sent last */
};

int rig_start(struct rig *, const char *argv0);
int rig_stop(struct rig *);
void rig_join(struct rig *, struct wire *);
void rig_cut(struct wire *);

void
rig_say(struct wire *, uint32_t type, const void *, size_t, const char *tail);
/* Wait for a message and be sure that it is this one; good until the next. */
const void *rig_hear(struct wire *, uint32_t type);
/* The same, or NULL when it is the last one that came. */
const void *rig_hear_unless(struct wire *, uint32_t type, uint32_t last);
const void *rig_data(void); /* of what was heard last */
const char *rig_tail(void); /* of what was heard last, with a NUL */
int rig_fd(void);	    /* that came with it; the caller closes it */
void rig_silence(struct rig *, struct wire *); /* nothing is on its way */

void rig_want(struct rig *, struct rig_slot blue, struct rig_slot green);
void rig_sync(struct rig *, uint32_t projects, enum reconcile_mode);
void rig_list(struct rig *); /* an empty one */
void
rig_is(struct rig *, uint32_t slot, uint64_t release, enum container_state);
void rig_engine(struct rig *, uint32_t up);
void rig_ack(struct wire *, uint64_t generation);
void rig_drained(struct rig *, struct wire *, uint32_t slot, uint64_t release,
    uint64_t generation);
uint64_t rig_take_load(struct wire *, uint32_t count);
uint64_t rig_take_route(struct wire *, uint32_t slot, uint64_t release);
void rig_answer(struct rig *, uint32_t slot, const char *answer);
void rig_go_live(struct rig *, uint32_t slot, uint64_t release);

#endif /* CID_DEPLOYER_RIG_H */
