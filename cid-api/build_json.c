/*
 * Builds as they are answered.
 */

#include <json-c/json.h>

#include "build_json.h"
#include "clock.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "db_release.h"
#include "db_slot.h"
#include "reason.h"
#include "rest.h"
#include "run.h"

static void
set_names(struct json_object *o, const struct build *b)
{
	struct environment e;
	struct project p;

	if (db_project_get(b->project_id, &p) == 1) {
		rest_set_text(o, "project_name", p.name);
		db_project_free(&p);
	}
	if (db_env_get(b->environment_id, &e) == 1)
		rest_set_text(o, "environment", e.name);
}

static void
set_reason(struct json_object *o, int reason, const char *message)
{
	rest_set_text(o, "reason", reason_code((uint32_t)reason));
	rest_set_text(o, "reason_text", reason_sentence((uint32_t)reason));
	rest_set_text(o, "message", message);
}

static void
set_source(struct json_object *o, const struct build *b)
{
	rest_set_text(o, "trigger", build_source_names[b->source]);
	rest_set_text(o, "created_by", b->created_by);
	rest_set(o, "retry_of",
	    b->retry_of == 0 ? NULL : json_object_new_int64(b->retry_of));
	rest_set_bool(o, "pending", b->is_pending);
	rest_set_bool(o, "forced", b->is_forced);
	rest_set_text(o, "branch", b->branch);
	rest_set_text(o, "commit_hash", b->commit);
	rest_set_text(o, "commit_message", b->subject);
	rest_set_text(o, "author", b->author);
	rest_set_text(o, "author_email", b->email);
	rest_set(o, "committed_at", rest_time(b->commit_ms));
}

static void
set_times(struct json_object *o, const struct build *b)
{
	int64_t end = b->finished_ms;

	if (end == 0)
		end = (int64_t)clock_wall_ms();
	rest_set(o, "queued_at", rest_time(b->queued_ms));
	rest_set(o, "started_at", rest_time(b->started_ms));
	rest_set(o, "built_at", rest_time(b->built_ms));
	rest_set(o, "finished_at", rest_time(b->finished_ms));
	rest_set(o, "duration_ms",
	    b->started_ms == 0 ? NULL
			       : json_object_new_int64(end - b->started_ms));
}

struct json_object *
build_json(const struct build *b)
{
	struct json_object *o = json_object_new_object();
	uint32_t position;

	rest_set_int(o, "id", b->id);
	rest_set_int(o, "project_id", b->project_id);
	rest_set(o, "number",
	    b->number == 0 ? NULL : json_object_new_int64(b->number));
	set_names(o, b);
	rest_set_text(o, "status", build_state_names[b->state]);
	set_reason(o, b->reason, b->message);
	set_source(o, b);
	rest_set_int(o, "attempts", b->attempt);
	rest_set(o, "slot",
	    b->slot[0] == '\0' ? NULL : json_object_new_string(b->slot));
	rest_set_int(o, "exit_code", b->exit_code);
	set_times(o, b);
	position = b->state == BUILD_STATE_QUEUED ? build_position(b) : 0;
	rest_set(o, "queue_position",
	    position == 0 ? NULL : json_object_new_int64(position));
	return o;
}

static int
add_stage(void *row, void *arg)
{
	const struct stage_row *s = row;
	struct json_object *o = json_object_new_object();
	int64_t end = s->ended_ms;

	if (end == 0)
		end = (int64_t)clock_wall_ms();
	rest_set_text(o, "name", stage_names[s->stage]);
	rest_set_text(o, "status", stage_state_names[s->state]);
	rest_set_text(o, "reason", reason_code((uint32_t)s->reason));
	rest_set(o, "started_at", rest_time(s->started_ms));
	rest_set(o, "ended_at", rest_time(s->ended_ms));
	rest_set_int(o, "duration_ms", end - s->started_ms);
	json_object_array_add(arg, o);
	return 0;
}

/* What its switch cost the visitors is the release's to say. */
static struct json_object *
release_json(const struct build *b)
{
	struct json_object *o, *receipt;
	struct release_row r;

	if (db_release_of_build(b->environment_id, b->id, &r) != 1)
		return NULL;
	o = json_object_new_object();
	rest_set_int(o, "id", r.id);
	rest_set_text(o, "slot", slot_names[r.slot]);
	rest_set_text(o, "kind", release_kind_names[r.kind]);
	set_reason(o, r.reason, r.message);
	rest_set(o, "started_at", rest_time(r.started_ms));
	rest_set(o, "healthy_at", rest_time(r.healthy_ms));
	rest_set(o, "switched_at", rest_time(r.switched_ms));
	rest_set(o, "drained_at", rest_time(r.drained_ms));
	rest_set(o, "ended_at", rest_time(r.ended_ms));
	receipt = json_object_new_object();
	rest_set_int(receipt, "requests_cut", r.requests_cut);
	rest_set(o, "receipt", receipt);
	db_release_free(&r);
	return o;
}

struct json_object *
build_json_detail(const struct build *b)
{
	struct json_object *stages, *o = build_json(b);

	stages = json_object_new_array();
	db_stage_each(b->id, add_stage, stages);
	rest_set(o, "stages", stages);
	rest_set(o, "release", release_json(b));
	return o;
}
