/*
 * Builds from the queue to their result, by what cid-builder says.  Messages
 * about an attempt that is over are dropped: the row decides.
 */

#include <bsd/string.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buildlog.h"
#include "child.h"
#include "clock.h"
#include "db.h"
#include "db_build.h"
#include "ending.h"
#include "event.h"
#include "log.h"
#include "msg_build.h"
#include "peer.h"
#include "removal.h"
#include "resync.h"
#include "run.h"
#include "run_msg.h"
#include "run_source.h"
#include "spec.h"
#include "stages.h"
#include "switch.h"
#include "want.h"

#define ATTEMPTS_MAX 3

static struct {
	int is_known; /* cid-builder told since it is there */
	int is_up;
} engine;

int
run_engine_is_up(void)
{
	return engine.is_up;
}

int
run_engine_is_down(void)
{
	return engine.is_known && !engine.is_up;
}

/* Find the build that a message is about, if that attempt runs.  1 or 0. */
static int
find_running(const struct msg_build *m, struct build *b)
{
	if (db_build_get((int64_t)m->build_id, b) != 1)
		return 0;
	if (b->state == BUILD_STATE_BUILDING &&
	    b->attempt == (int64_t)m->attempt &&
	    b->project_id == (int64_t)m->project_id &&
	    b->ref == (int64_t)m->number)
		return 1;
	log_debug("build %" PRId64 ": attempt %u is over", b->id, m->attempt);
	db_build_free(b);
	return 0;
}

/*
 * When cid-builder is not there, it will find that nobody names the build,
 * and clean up.
 */
int
run_stop(struct build *b, enum reason r, const char *why)
{
	if (child_peer(PROC_BUILDER, 0) == NULL)
		return build_finish(b, r, why);
	b->reason = (int)r;
	if (why != b->message)
		strlcpy(b->message, why, sizeof(b->message));
	if (db_build_save(b) == -1)
		return -1;
	run_tell(b, RUN_CANCEL);
	return 0;
}

static int
greet_build(void *row, void *arg)
{
	struct build *b = row;

	(void)arg;
	if (b->state != BUILD_STATE_BUILDING)
		return 0;
	if (run_is_ending(b))
		build_finish(b, (enum reason)b->reason, b->message);
	else
		run_tell(b, RUN_START);
	return 0;
}

static void
send_sync(void *arg, int committed)
{
	(void)arg;
	if (committed)
		peer_send(child_peer(PROC_BUILDER, 0), MSG_BUILD_SYNC, NULL, 0);
}

/* Name every build that is believed to run; then others are cleaned up. */
void
run_greet(void)
{
	if (db_build_each_running(greet_build, NULL) == 0)
		db_after_commit(send_sync, NULL);
	removal_builder_up();
}

void
run_builder_up(struct peer *p)
{
	(void)p;
	memset(&engine, 0, sizeof(engine));
	resync_watch();
	run_greet();
}

void
run_builder_down(struct peer *p)
{
	(void)p;
	memset(&engine, 0, sizeof(engine));
}

void
run_engine(const struct msg_engine *m, struct msg_tail why)
{
	int was_known = engine.is_known, was_up = engine.is_up;

	engine.is_known = 1;
	engine.is_up = m->up != 0;
	if (!was_known || was_up != engine.is_up)
		log_info("engine: %s%s%.*s", engine.is_up ? "up" : "down",
		    why.len > 0 ? ": " : "", (int)why.len, why.data);
	queue_kick();
}

void
run_spec(const struct msg_build *m, struct msg_tail source)
{
	struct build b;

	resync_watch();
	if (!find_running(m, &b))
		return;
	if (!run_is_ending(&b))
		run_take_source(&b, source.data, source.len);
	db_build_free(&b);
}

/* A build that waits says why, until it goes on. */
static void
show_waiting(struct build *b, const struct msg_build_stage *m)
{
	int why = m->state == STAGE_WAITS ? REASON_ENGINE_DOWN : REASON_NONE;

	if (run_is_ending(b) || b->reason == why)
		return;
	b->reason = why;
	if (db_build_save(b) == 0)
		event_build_status(b, BUILD_STATE_BUILDING);
}

static int
is_about_to_release(void *row, void *arg)
{
	const struct build *b = row;
	const int64_t *environment_id = arg;

	return b->environment_id == *environment_id &&
	    b->state == BUILD_STATE_BUILDING && stages_reached(b, STAGE_BUILD);
}

/*
 * Say whether a build of the environment is on its way to a release: what
 * the new one will displace may be stopped meanwhile, so that nobody waits
 * for it later.
 */
int
run_needs_slot(int64_t environment_id)
{
	return db_build_each_running(is_about_to_release, &environment_id) == 1;
}

void
run_stage(const struct msg_build_stage *m)
{
	struct build b;

	resync_watch();
	if (m->stage > STAGE_BUILD || !find_running(&m->build, &b))
		return;
	stages_mark(&b, (enum stage)m->stage, (enum stage_state)m->state,
	    m->reason, (int64_t)m->time_ms);
	show_waiting(&b, m);
	if (m->stage == STAGE_BUILD && m->state == STAGE_BEGAN)
		want_tell(b.environment_id);
	db_build_free(&b);
}

/* Its result is there; what follows is the release. */
static void
take_result(struct build *b, struct msg_tail tail)
{
	struct spec_result result;
	struct schema_error e;

	if (schema_parse(&spec_result_schema, tail.data, tail.len, &result,
		NULL, &e) == -1) {
		log_warnx("build %" PRId64 ": result: %s %s", b->id, e.field,
		    e.reason);
		build_finish(b, REASON_INTERNAL, "");
		return;
	}
	schema_free(&spec_result_schema, &result);
	free(b->result);
	b->result = strndup(tail.data, tail.len);
	b->reason = REASON_NONE;
	b->exit_code = 0;
	if (b->result == NULL ||
	    db_build_move(b, BUILD_STATE_DEPLOYING) == -1) {
		build_finish(b, REASON_INTERNAL, "");
		return;
	}
	event_build_status(b, BUILD_STATE_BUILDING);
	switch_build(b);
}

/* Interrupted, not failed: it goes back to the queue, before its project's
 * other builds. */
static void
try_again(struct build *b)
{
	if (b->attempt >= ATTEMPTS_MAX) {
		build_finish(b, REASON_INTERRUPTED, "");
		return;
	}
	stages_fail(b, REASON_INTERRUPTED);
	b->attempt++;
	b->reason = REASON_NONE;
	if (db_build_move(b, BUILD_STATE_QUEUED) == -1)
		return;
	buildlog_say(b, "%s It is queued again, attempt %" PRId64 " of %d.",
	    reason_sentence(REASON_INTERRUPTED), b->attempt, ATTEMPTS_MAX);
	event_build_status(b, BUILD_STATE_BUILDING);
	queue_kick();
}

static void
take_end(struct build *b, const struct msg_build_end *m, struct msg_tail tail)
{
	enum reason r = (enum reason)m->reason;
	char why[sizeof(b->message)] = "";

	if (m->result != BUILD_SUCCEEDED)
		ending_more(why, sizeof(why), r, tail);
	b->exit_code = m->exit_code;
	if (run_is_ending(b))
		build_finish(b, (enum reason)b->reason, b->message);
	else if (m->result == BUILD_SUCCEEDED)
		take_result(b, tail);
	else if (m->result == BUILD_LOST || r == REASON_INTERRUPTED)
		try_again(b);
	else if (m->result == BUILD_CANCELLED && r == REASON_NONE)
		build_finish(b, REASON_CANCELLED_BY_USER, why);
	else
		build_finish(b, r == REASON_NONE ? REASON_INTERNAL : r, why);
}

void
run_done(const struct msg_build_end *m, struct msg_tail tail)
{
	struct build b;

	resync_watch();
	if (!find_running(&m->build, &b))
		return;
	take_end(&b, m, tail);
	db_build_free(&b);
}
