/*
 * The builds that are being done: what the API orders, how each one goes
 * from step to step, waits for the engine, and ends.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <event2/event.h>

#include "build.h"
#include "build_clean.h"
#include "build_collect.h"
#include "build_create.h"
#include "build_done.h"
#include "build_image.h"
#include "build_run.h"
#include "build_source.h"
#include "build_spec.h"
#include "build_state.h"
#include "clock.h"
#include "conf.h"
#include "engine.h"
#include "log.h"
#include "logfile.h"
#include "msg_conf.h"
#include "schema.h"

#define KILL_TIME_S 30 /* for a container that was told to die */
#define CLEAN_LATER_S 1
#define TEXT_MAX 1024

static TAILQ_HEAD(, build)
builds = TAILQ_HEAD_INITIALIZER(builds);
static struct event_base *loop;

void
build_init(struct event_base *base)
{
	loop = base;
}

static struct build *
find(uint64_t build_id)
{
	struct build *b;

	TAILQ_FOREACH(b, &builds, entry) {
		if (b->id.build_id == build_id)
			return b;
	}
	return NULL;
}

/* Say whether something with these labels belongs to a build in hand. */
int
build_is_known(uint64_t project_id, uint32_t number, uint64_t build_id)
{
	struct build *b = find(build_id);

	return b != NULL && b->id.project_id == project_id &&
	    b->id.number == number;
}

/* Give what comes next so many seconds; the time is started anew. */
void
build_limit(struct build *b, int64_t seconds)
{
	struct timeval tv = { seconds > 0 ? seconds : 0, 0 };

	event_add(b->timer, &tv);
}

static void
destroy(struct build *b)
{
	event_free(b->timer);
	recall_free(&b->said[0]);
	recall_free(&b->said[1]);
	schema_free(&spec_job_schema, &b->job);
	schema_free(&spec_build_schema, &b->spec);
	free(b->found);
	free(b);
}

/* The end of a build, and the start of what waited for that. */
static void
forget(struct build *b)
{
	struct msg_build id = b->next_id;
	struct msg_tail tail = { b->next_len, b->next };
	char *next = b->next;

	TAILQ_REMOVE(&builds, b, entry);
	destroy(b);
	if (next != NULL)
		build_start(&id, tail);
	free(next);
}

/* Nothing of it is left; it goes from the loop, not under its caller. */
void
build_forget(struct build *b)
{
	b->is_gone = 1;
	build_limit(b, 0);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct build *b = arg;

	(void)fd;
	(void)what;
	if (b->is_gone) {
		forget(b);
		return;
	}
	if (b->step == STEP_CLEAN) {
		build_clean(b);
		return;
	}
	if (b->oom_awaited) {
		build_collect_judge(b);
		return;
	}
	if (b->step != STEP_RUN || b->timed_out) {
		build_fail(b, REASON_TIMED_OUT, "");
		return;
	}
	b->timed_out = 1;
	build_limit(b, KILL_TIME_S);
	if (!b->is_waiting)
		build_run_kill(b);
}

/* Tell how it ended, and clean up behind it. */
static void
end(struct build *b, enum build_result result, enum reason reason,
    int exit_code, const char *tail, size_t len)
{
	struct msg_build_end m;

	memset(&m, 0, sizeof(m));
	m.build = b->id;
	m.result = result;
	m.reason = reason;
	m.exit_code = exit_code;
	if (stage_is_open(&b->stages))
		stage_tell(&b->stages, &b->id, b->stages.now,
		    result == BUILD_SUCCEEDED ? STAGE_ENDED : STAGE_FAILED,
		    reason);
	logfile_settle(b->log);
	build_done(&m, tail, len);
	logfile_close(b->log);
	b->log = NULL;
	event_del(b->timer);
	if (result != BUILD_SUCCEEDED) {
		build_clean(b);
		return;
	}
	/* Its release is about to start: that goes first. */
	build_stop(b);
	build_limit(b, CLEAN_LATER_S);
}

/* The reason's sentence, with a detail in parentheses before its stop. */
static size_t
sentence(char *buf, size_t size, enum reason reason, const char *detail)
{
	const char *text = reason_sentence(reason);
	size_t len = strlen(text);

	if (*detail == '\0')
		return strlcpy(buf, text, size);
	if (len > 0 && text[len - 1] == '.')
		len--;
	snprintf(buf, size, "%.*s (%s).", (int)len, text, detail);
	return strlen(buf);
}

static void
fail(struct build *b, enum reason reason, const char *detail, int exit_code)
{
	char text[TEXT_MAX];

	if (b->step == STEP_CLEAN)
		return;
	sentence(text, sizeof(text), reason, detail);
	logfile_say(b->log, "%s", text);
	end(b, BUILD_FAILED, reason, exit_code, text, strlen(text));
}

/* It failed; detail may be "". */
void
build_fail(struct build *b, enum reason reason, const char *detail)
{
	fail(b, reason, detail, 0);
}

/* Its command ended like that. */
void
build_fail_exit(struct build *b, enum reason reason, int exit_code)
{
	char detail[32];

	snprintf(detail, sizeof(detail), "exit code %d", exit_code);
	fail(b, reason, reason == REASON_TIMED_OUT ? "" : detail, exit_code);
}

/* Nobody can tell how it would have ended: the API may start it again. */
void
build_lose(struct build *b)
{
	const char *text = reason_sentence(REASON_INTERRUPTED);

	if (b->step == STEP_CLEAN)
		return;
	logfile_say(b->log, "%s", text);
	end(b, BUILD_LOST, REASON_INTERRUPTED, 0, text, strlen(text));
}

void
build_succeed(struct build *b, const char *result, size_t len)
{
	logfile_say(b->log, "The build succeeded after %.1f s.",
	    (double)(clock_ms() - b->began_ms) / 1000);
	end(b, BUILD_SUCCEEDED, REASON_NONE, 0, result, len);
}

static void
wait_for_engine(struct build *b)
{
	if (!b->is_waiting)
		logfile_say(b->log, "%s", reason_sentence(REASON_ENGINE_DOWN));
	b->is_waiting = 1;
	stage_tell(&b->stages, &b->id,
	    b->step == STEP_IMAGE ? STAGE_IMAGE : STAGE_BUILD, STAGE_WAITS,
	    REASON_ENGINE_DOWN);
	if (b->step == STEP_IMAGE)
		event_del(b->timer);
}

/* Begin the step, or go on with it, as soon as there is an engine. */
void
build_step(struct build *b)
{
	if (!engine_is_up())
		wait_for_engine(b);
	else if (b->step == STEP_IMAGE)
		build_image(b);
	else if (b->step == STEP_START)
		build_run(b);
}

/* What was being asked will not be answered. */
static void
interrupt(struct build *b)
{
	switch (b->step) {
	case STEP_SOURCE:
	case STEP_GO:
		break;
	case STEP_IMAGE:
		build_image_cancel(b);
		build_image_cancel_network(b);
		wait_for_engine(b);
		break;
	case STEP_CREATE:
	case STEP_UPLOAD:
	case STEP_START:
		build_lose(b);
		break;
	case STEP_RUN:
	case STEP_COLLECT:
		build_run_stop(b);
		tar_free(&b->tar);
		if (b->oom_awaited)
			event_del(b->timer);
		b->oom_awaited = 0;
		wait_for_engine(b);
		break;
	case STEP_CLEAN:
		build_clean_stop(b);
		break;
	}
}

void
build_engine_down(void)
{
	struct build *b;

	TAILQ_FOREACH(b, &builds, entry) {
		interrupt(b);
	}
}

void
build_engine_up(void)
{
	struct build *b;

	TAILQ_FOREACH(b, &builds, entry) {
		if (!b->is_waiting)
			continue;
		b->is_waiting = 0;
		logfile_say(b->log, "The Docker engine is back.");
		if (b->step == STEP_IMAGE) {
			build_limit(b, b->spec.limits.time_s);
			build_step(b);
			continue;
		}
		stage_tell(&b->stages, &b->id, STAGE_BUILD, STAGE_BEGAN,
		    REASON_NONE);
		build_create_resume(b);
	}
}

/* Something happened to a container: of interest is what killed it. */
void
build_event(const struct answer_event *e)
{
	struct build *b;

	if (e->label.kind != LABEL_BUILD || !e->is_oom ||
	    (b = find(e->label.build_id)) == NULL ||
	    b->id.attempt != e->label.attempt)
		return;
	b->oom = 1;
	if (b->oom_awaited)
		event_active(b->timer, EV_TIMEOUT, 0);
}

static struct build *
create(const struct msg_build *id)
{
	struct build *b;

	if ((b = calloc(1, sizeof(*b))) == NULL ||
	    (b->timer = event_new(loop, -1, 0, on_time, b)) == NULL)
		fatal("build");
	b->id = *id;
	b->began_ms = clock_ms();
	env_init(&b->env);
	name_build(b->name, conf()->instance, id->project_id, id->number);
	b->log = logfile_open(id, conf()->log_max);
	TAILQ_INSERT_TAIL(&builds, b, entry);
	return b;
}

/* The API says it again: so do we. */
static void
tell_again(struct build *b)
{
	stage_tell_again(&b->stages);
	if (b->step == STEP_GO)
		build_source_tell(b);
}

/* Another attempt of a build that is not gone yet: first that, then this. */
static void
hold(struct build *b, const struct msg_build *id, struct msg_tail tail)
{
	free(b->next);
	if ((b->next = malloc(tail.len + 1)) == NULL)
		fatal("build");
	memcpy(b->next, tail.data, tail.len);
	b->next_len = tail.len;
	b->next_id = *id;
	if (b->is_gone || b->cleaning != NULL)
		return;
	logfile_close(b->log);
	b->log = NULL;
	event_del(b->timer);
	build_clean(b);
}

/* BUILD_START: do this build, unless it is being done or was done. */
void
build_start(const struct msg_build *id, struct msg_tail tail)
{
	struct schema_error e;
	struct build *b;

	if (build_done_again(id))
		return;
	if ((b = find(id->build_id)) != NULL) {
		if (b->id.attempt == id->attempt)
			tell_again(b);
		else if (b->id.attempt < id->attempt)
			hold(b, id, tail);
		return;
	}
	b = create(id);
	if (b->log == NULL) {
		build_fail(b, REASON_INTERNAL, "the log can't be written");
		return;
	}
	if (schema_parse(&spec_job_schema, tail.data, tail.len, &b->job, NULL,
		&e) == -1) {
		log_warnx("build %" PRIu64 ": %s %s", id->build_id, e.field,
		    e.reason);
		build_fail(b, REASON_INTERNAL, "the job can't be read");
		return;
	}
	if (id->attempt > 1)
		logfile_say(b->log, "Attempt %" PRIu32 ".", id->attempt);
	build_limit(b, conf()->build_timeout_s);
	build_source_begin(b);
}

static struct build *
find_attempt(const struct msg_build *id)
{
	struct build *b = find(id->build_id);

	return b != NULL && b->id.attempt == id->attempt ? b : NULL;
}

/* BUILD_GO: what to do with the source that was found. */
void
build_go(const struct msg_build *id, struct msg_tail tail)
{
	struct build *b = find_attempt(id);
	struct schema_error e;
	enum reason reason;

	if (b == NULL || b->step != STEP_GO)
		return;
	if (schema_parse(&spec_build_schema, tail.data, tail.len, &b->spec,
		NULL, &e) == -1) {
		log_warnx("build %" PRIu64 ": %s %s", id->build_id, e.field,
		    e.reason);
		build_fail(b, REASON_SPEC_INVALID, e.reason);
		return;
	}
	reason = build_spec_check(&b->spec, &b->job, conf());
	if (reason == REASON_NONE)
		reason = build_create_env(b);
	if (reason != REASON_NONE) {
		build_fail(b, reason, "");
		return;
	}
	/* Should the source be needed anew, it is this commit's. */
	strlcpy(b->job.commit, b->spec.commit, sizeof(b->job.commit));
	b->job.pending = 0;
	stage_tell(&b->stages, &b->id, STAGE_SOURCE, STAGE_ENDED, REASON_NONE);
	logfile_limit(b->log, (uint64_t)b->spec.limits.log);
	build_limit(b, b->spec.limits.time_s);
	b->step = STEP_IMAGE;
	build_step(b);
}

/* BUILD_CANCEL: the tail is the sentence for it. */
void
build_cancel(const struct msg_build_end *m, struct msg_tail tail)
{
	struct build *b = find_attempt(&m->build);
	struct msg_build_end gone = *m;

	if (b == NULL || b->step == STEP_CLEAN) {
		gone.result = BUILD_CANCELLED;
		if (!build_done_again(&m->build))
			build_done(&gone, tail.data, tail.len);
		return;
	}
	logfile_say_text(b->log, tail.data, tail.len);
	end(b, BUILD_CANCELLED, m->reason, 0, tail.data, tail.len);
}

/* The project goes: so do its builds. */
void
build_remove_project(uint64_t project_id)
{
	const char *text = reason_sentence(REASON_PROJECT_DELETED);
	struct build *b;

	TAILQ_FOREACH(b, &builds, entry) {
		if (b->id.project_id == project_id && b->step != STEP_CLEAN)
			end(b, BUILD_CANCELLED, REASON_PROJECT_DELETED, 0, text,
			    strlen(text));
	}
}
