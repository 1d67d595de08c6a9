/*
 * Builds: listed, asked for, cancelled, repeated.
 */

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "build_json.h"
#include "db_build.h"
#include "db_project.h"
#include "name.h"
#include "reason.h"
#include "request.h"
#include "rest.h"
#include "rest_build.h"
#include "run.h"
#include "schema.h"
#include "spec_check.h"

/* What may be said when a build is asked for. */
struct build_create {
	char commit_hash[NAME_COMMIT_MAX];
	char environment[NAME_ENV_MAX];
	int force;
};

static const struct schema_field create_fields[] = {
	SCHEMA_FIELD(build_create, commit_hash, STRING,
	    .check = spec_check_commit),
	{ .name = "environment",
	    .type = SCHEMA_STRING,
	    SCHEMA_AT(build_create, environment) },
	SCHEMA_FIELD(build_create, force, BOOL, 0),
};

const struct schema build_create_schema = { "the request", create_fields,
	sizeof(create_fields) / sizeof(create_fields[0]),
	sizeof(struct build_create) };

static int
add_build(void *row, void *arg)
{
	json_object_array_add(arg, build_json(row));
	return 0;
}

/* ?status= of a list; -1 after refusing. */
static int
read_status(struct request *r, int *state)
{
	const char *s = request_query(r, "status");
	int i;

	*state = -1;
	if (s == NULL || *s == '\0')
		return 0;
	for (i = 0; i < BUILD_STATES; i++) {
		if (strcasecmp(build_state_names[i], s) == 0) {
			*state = i;
			return 0;
		}
	}
	rest_invalid(r, "status", "is not the state of a build");
	return -1;
}

static void
list(struct request *r, struct build_filter *f)
{
	struct json_object *array;

	if (rest_page(r, &f->limit, &f->offset) == -1 ||
	    read_status(r, &f->state) == -1)
		return;
	array = json_object_new_array();
	if (db_build_each(f, add_build, array) == -1) {
		json_object_put(array);
		rest_broken(r);
		return;
	}
	request_answer(r, 200, rest_list("builds", array, db_build_count(f)));
}

void
build_list(struct request *r)
{
	const struct actor *a = request_actor(r);
	struct build_filter f = { .team_id = a->team_id,
		.token_id = a->token_id };

	list(r, &f);
}

void
build_list_project(struct request *r)
{
	struct build_filter f = { .project_id = rest_project(r)->id };

	list(r, &f);
}

void
build_get(struct request *r)
{
	request_answer(r, 200, build_json_detail(rest_build(r)));
}

static void
refuse(struct request *r, enum reason why)
{
	if (why == REASON_INTERNAL)
		rest_broken(r);
	else
		rest_reason(r, 409, why);
}

/* 202 for a build that is queued now, which is freed. */
static void
accept(struct request *r, struct build *b)
{
	struct json_object *o = json_object_new_object();

	rest_set_int(o, "build_id", b->id);
	rest_set(o, "build_number",
	    b->number == 0 ? NULL : json_object_new_int64(b->number));
	rest_set_int(o, "queue_position", build_position(b));
	rest_set_text(o, "status", build_state_names[b->state]);
	request_answer(r, 202, o);
	db_build_free(b);
}

void
build_create(struct request *r)
{
	const struct build_create *in = rest_input(r);
	struct build_order order;
	struct build b;
	enum reason why;

	if (rest_environment(r, in->environment) == -1)
		return;
	order.environment = in->environment[0] != '\0' ? in->environment : NULL;
	order.commit = in->commit_hash[0] != '\0' ? in->commit_hash : NULL;
	order.is_forced = in->force;
	why = build_trigger(rest_project(r), &order, request_actor(r), &b);
	if (why == REASON_NONE)
		accept(r, &b);
	else
		refuse(r, why);
}

void
build_stop(struct request *r)
{
	struct build *b = rest_build(r);
	struct build now;
	enum reason why;

	if (b->state >= BUILD_STATE_SUCCESS) {
		request_refuse(r, 409, "BUILD_FINISHED",
		    "The build has ended already.", NULL);
		return;
	}
	why = build_cancel(b, REASON_CANCELLED_BY_USER, request_actor(r));
	if (why != REASON_NONE) {
		refuse(r, why);
		return;
	}
	if (db_build_get(b->id, &now) != 1) {
		rest_broken(r);
		return;
	}
	request_answer(r, 202, build_json(&now));
	db_build_free(&now);
}

void
build_again(struct request *r)
{
	struct build b;
	enum reason why;

	if (rest_build(r)->state < BUILD_STATE_SUCCESS) {
		request_refuse(r, 409, "BUILD_NOT_FINISHED",
		    "The build has not ended yet.", NULL);
		return;
	}
	why = build_retry(rest_build(r), request_actor(r), &b);
	if (why == REASON_NONE)
		accept(r, &b);
	else
		refuse(r, why);
}
