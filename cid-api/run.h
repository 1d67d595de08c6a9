#ifndef CID_RUN_H
#define CID_RUN_H

#include <stdint.h>

#include "msg.h"
#include "name.h"
#include "reason.h"

struct actor;
struct build;
struct event_base;
struct msg_build;
struct msg_build_end;
struct msg_build_stage;
struct msg_engine;
struct peer;
struct project;

/* What somebody asks for by hand. */
struct build_order {
	const char *environment; /* NULL: production */
	const char *commit;	 /* NULL: the branch's head */
	int is_forced;
};

/*
 * Each writes the database inside the turn's transaction and kicks the
 * queue.  REASON_NONE when done, else why not; REASON_INTERNAL after
 * logging.  The build that was made is freed with db_build_free().
 */
enum reason build_trigger(const struct project *, const struct build_order *,
    const struct actor *, struct build *);
enum reason
build_retry(const struct build *, const struct actor *, struct build *);
enum reason
build_cancel(const struct build *, enum reason, const struct actor *);
uint32_t build_position(const struct build *); /* 1: next; 0: not queued */

/* Something was queued, ended, or may go on: look at the end of the turn. */
void queue_kick(void);
void queue_loop(struct event_base *);
int run_engine_is_up(void);
int run_needs_slot(int64_t environment_id);
int run_engine_is_down(void); /* cid-builder says so */

/*
 * End a build that cid-builder may be at work on: when that let go of it, or
 * at once when it is not there.  Returns 0, or -1 after logging.
 */
int run_stop(struct build *, enum reason, const char *why);

/* What cid-builder says, and that it is there (again). */
void run_greet(void);
void run_builder_up(struct peer *);
void run_builder_down(struct peer *);
void run_spec(const struct msg_build *, struct msg_tail);
void run_stage(const struct msg_build_stage *);
void run_done(const struct msg_build_end *, struct msg_tail);
void run_engine(const struct msg_engine *, struct msg_tail);

#endif /* CID_RUN_H */
