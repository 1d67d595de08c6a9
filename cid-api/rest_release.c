/*
 * Orders about what runs: back, again, no more, and set right.
 */

#include <string.h>

#include <json-c/json.h>

#include "db_build.h"
#include "db_project.h"
#include "msg_release.h"
#include "name.h"
#include "project_json.h"
#include "reason.h"
#include "request.h"
#include "rest.h"
#include "rest_release.h"
#include "schema.h"
#include "switch.h"

struct release_order {
	int64_t build_id; /* 0: what ran before */
	char environment[NAME_ENV_MAX];
};

struct release_mode {
	int mode; /* enum reconcile_mode */
};

static const char *const modes[] = {
	[RECONCILE_NORMAL] = "normal",
	[RECONCILE_ADOPT] = "adopt",
	[RECONCILE_PURGE] = "purge",
	[RECONCILE_MODES] = NULL,
};

static const struct schema_field order_fields[] = {
	SCHEMA_FIELD(release_order, build_id, INT, .min = 1),
	{ .name = "environment",
	    .type = SCHEMA_STRING,
	    SCHEMA_AT(release_order, environment) },
};

static const struct schema_field mode_fields[] = {
	SCHEMA_FIELD(release_mode, mode, ENUM, .names = modes),
};

const struct schema release_order_schema = { "the request", order_fields,
	sizeof(order_fields) / sizeof(order_fields[0]),
	sizeof(struct release_order) };
const struct schema release_reconcile_schema = { "the request", mode_fields,
	sizeof(mode_fields) / sizeof(mode_fields[0]),
	sizeof(struct release_mode) };

/* NULL is the default.  -1 after refusing the request. */
static int
read_environment(struct request *r, const char **name)
{
	const struct release_order *in = rest_input(r);

	*name = in->environment[0] != '\0' ? in->environment : NULL;
	return rest_environment(r, in->environment);
}

static void
answer(struct request *r, enum reason why)
{
	if (why == REASON_NONE)
		request_answer(r, 202, project_json_status(rest_project(r)));
	else if (why == REASON_INTERNAL)
		rest_broken(r);
	else
		rest_reason(r, 409, why);
}

void
release_post_rollback(struct request *r)
{
	const struct release_order *in = rest_input(r);
	const char *environment;
	struct build b;
	int found;

	if (read_environment(r, &environment) == -1)
		return;
	if (in->build_id != 0) {
		found = db_build_get(in->build_id, &b);
		if (found == 1 && b.project_id != rest_project(r)->id)
			found = 0;
		db_build_free(&b);
		if (found != 1) {
			rest_missing(r, "BUILD");
			return;
		}
	}
	answer(r,
	    release_rollback(rest_project(r), environment, in->build_id,
		request_actor(r)));
}

void
release_post_restart(struct request *r)
{
	const char *environment;

	if (read_environment(r, &environment) == 0)
		answer(r,
		    release_restart(rest_project(r), environment,
			request_actor(r)));
}

void
release_post_stop(struct request *r)
{
	const char *environment;

	if (read_environment(r, &environment) == 0)
		answer(r,
		    release_stop(rest_project(r), environment,
			request_actor(r)));
}

void
release_post_promote(struct request *r)
{
	const char *environment;

	if (read_environment(r, &environment) == 0)
		answer(r,
		    release_promote(rest_project(r), environment,
			request_actor(r)));
}

void
release_post_reconcile(struct request *r)
{
	const struct release_mode *in = rest_input(r);
	struct json_object *o;

	if (release_reconcile((enum reconcile_mode)in->mode) == -1) {
		request_refuse(r, 503, "DEPLOYER_UNAVAILABLE",
		    "cid-deployer is being restarted; try again.", NULL);
		return;
	}
	o = json_object_new_object();
	rest_set_text(o, "mode", modes[in->mode]);
	request_answer(r, 202, o);
}
