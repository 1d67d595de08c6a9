#ifndef CID_SWITCH_H
#define CID_SWITCH_H

#include <stdint.h>

#include "msg.h"
#include "msg_release.h"
#include "reason.h"

struct actor;
struct build;
struct event_base;
struct msg_container;
struct msg_reconciled;
struct msg_release;
struct msg_release_try;
struct peer;
struct project;

void switch_loop(struct event_base *); /* once, with the database open */

/* A build's result is there: release it, now or as soon as it can be. */
void switch_build(struct build *);
/* Release the builds of this environment that had to wait. */
void switch_wake(int64_t environment_id);

/*
 * Orders of people.  REASON_NONE when begun, else why not.  build_id 0: to
 * what ran before.  environment NULL: production.
 */
enum reason release_rollback(const struct project *, const char *environment,
    int64_t build_id, const struct actor *);
enum reason release_restart(const struct project *, const char *environment,
    const struct actor *);
enum reason release_stop(const struct project *, const char *environment,
    const struct actor *);
enum reason release_promote(const struct project *, const char *environment,
    const struct actor *);
int release_reconcile(enum reconcile_mode); /* -1: cid-deployer is down */

/* Settings that reach what runs (hosts, drain) may have changed. */
void project_changed(const struct project *);
/*
 * The project is marked as deleted: cancel its builds and have all that
 * runs taken away; called again for each such project at start.  When
 * nothing is left, project_gone() of rest_project.h follows.
 */
void project_removed(const struct project *);

/* What cid-deployer last said of a slot's container; kept in memory. */
struct slot_view {
	enum container_state state;
	int32_t exit_code;
	uint32_t oom;
	uint32_t restarts;
	uint32_t port; /* inside */
	uint32_t published;
	int64_t started_ms;
	char container[72];
	int is_known; /* 0: nothing heard since this process began */
	int health;   /* 0 unknown, 1 checking, 2 healthy, 3 failed */
};
void slot_status(int64_t environment_id, int slot, struct slot_view *);

/* What cid-deployer says, and that it is there (again). */
void switch_deployer_up(struct peer *);
void switch_deployer_down(struct peer *);
void switch_started(const struct msg_release *, struct msg_tail);
void switch_try(const struct msg_release_try *, struct msg_tail);
void switch_healthy(const struct msg_release *);
void switch_failed(const struct msg_release *, struct msg_tail);
void switch_switched(const struct msg_release *);
void switch_drained(const struct msg_release *);
void switch_is(const struct msg_container *, struct msg_tail);
void switch_reconciled(const struct msg_reconciled *, struct msg_tail);

#endif /* CID_SWITCH_H */
