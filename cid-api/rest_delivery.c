/*
 * The inbox (R106): what forges sent and what became of it.
 */

#include <json-c/json.h>

#include "db_build.h"
#include "db_delivery.h"
#include "db_project.h"
#include "reason.h"
#include "request.h"
#include "rest.h"
#include "rest_delivery.h"

static int
add_build(void *row, void *arg)
{
	const struct build *b = row;
	struct json_object *o = json_object_new_object();

	rest_set_int(o, "build_id", b->id);
	rest_set_int(o, "project_id", b->project_id);
	rest_set(o, "build_number",
	    b->number == 0 ? NULL : json_object_new_int64(b->number));
	rest_set_text(o, "status", build_state_names[b->state]);
	json_object_array_add(arg, o);
	return 0;
}

static struct json_object *
delivery_json(const struct delivery *d)
{
	struct json_object *builds, *o = json_object_new_object();

	rest_set_int(o, "id", d->id);
	rest_set_int(o, "hook_id", d->hook_id);
	rest_set_text(o, "delivery", d->forge_delivery);
	rest_set_text(o, "event", d->event);
	rest_set_int(o, "size", d->size);
	rest_set_text(o, "address", d->address);
	rest_set_text(o, "repository", d->repository);
	rest_set_text(o, "branch", d->branch);
	rest_set_text(o, "commit_hash", d->commit);
	rest_set_text(o, "decision", decision_names[d->decision]);
	rest_set_text(o, "reason", reason_code((uint32_t)d->reason));
	rest_set_text(o, "reason_text", reason_sentence((uint32_t)d->reason));
	rest_set_int(o, "status", d->status);
	rest_set(o, "received_at", rest_time(d->received_ms));
	builds = json_object_new_array();
	db_delivery_each_build(d->id, add_build, builds);
	rest_set(o, "builds", builds);
	return o;
}

static int
add_delivery(void *row, void *arg)
{
	json_object_array_add(arg, delivery_json(row));
	return 0;
}

static void
list(struct request *r, struct delivery_filter *f)
{
	struct json_object *array;

	if (rest_page(r, &f->limit, &f->offset) == -1)
		return;
	array = json_object_new_array();
	if (db_delivery_each(f, add_delivery, array) == -1) {
		json_object_put(array);
		rest_broken(r);
		return;
	}
	request_answer(r, 200,
	    rest_list("deliveries", array, db_delivery_count(f)));
}

void
delivery_list(struct request *r)
{
	const struct actor *a = request_actor(r);
	struct delivery_filter f = { a->team_id, a->token_id, 0, 0, 0 };

	list(r, &f);
}

void
delivery_list_project(struct request *r)
{
	struct delivery_filter f = { 0, 0, rest_project(r)->id, 0, 0 };

	list(r, &f);
}

static void
set_content(struct json_object *o, const struct delivery *d)
{
	rest_set(o, "headers",
	    d->headers != NULL ? json_tokener_parse(d->headers) : NULL);
	rest_set_text(o, "body", d->body);
	rest_set(o, "answer",
	    d->answer != NULL ? json_tokener_parse(d->answer) : NULL);
}

void
delivery_get(struct request *r)
{
	const struct delivery *d = rest_delivery(r);
	struct json_object *o = delivery_json(d);

	set_content(o, d);
	request_answer(r, 200, o);
}
