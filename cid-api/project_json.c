/*
 * Projects as they are answered.
 */

#include <json-c/json.h>

#include "build_json.h"
#include "clock.h"
#include "conf.h"
#include "db_build.h"
#include "db_env.h"
#include "db_hook.h"
#include "db_project.h"
#include "db_release.h"
#include "db_slot.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "name.h"
#include "project_input.h"
#include "project_json.h"
#include "request.h"
#include "rest.h"
#include "rest_url.h"
#include "switch.h"

static void
set_slots(struct json_object *o, const struct project *p)
{
	static const char *const ports[] = { "blue_port", "green_port" };
	struct environment e;
	struct slot_row s;
	const char *active = NULL;
	int i;

	if (db_env_find(p->id, "production", &e) != 1)
		return;
	for (i = 0; i < SLOTS; i++) {
		if (db_slot_get(e.id, i, &s) != 1)
			continue;
		rest_set(o, ports[i],
		    s.port == 0 ? NULL : json_object_new_int64(s.port));
		if (s.state == SLOT_ACTIVE)
			active = slot_names[i];
	}
	rest_set_text(o, "active_slot", active);
}

/* The secret lets its holder start builds: for who may change the project. */
static void
set_hook(struct json_object *o, const struct project *p,
    const struct actor *who)
{
	struct hook h;
	char url[URL_MAX];

	if (db_hook_of_project(p->id, FORGE_GITHUB, &h) != 1)
		return;
	rest_set_text(o, "webhook_url",
	    url_webhook(conf_get(), forge_names[h.forge], h.url_id, url));
	if (who->role >= ROLE_ADMIN)
		rest_set_text(o, "webhook_secret", h.secret);
}

struct json_object *
project_json(const struct project *p, const struct actor *who)
{
	struct json_object *o;
	struct build b;
	char url[URL_MAX];

	if ((o = project_settings(p)) == NULL)
		return NULL;
	rest_set_int(o, "id", p->id);
	set_slots(o, p);
	set_hook(o, p, who);
	rest_set_text(o, "public_url", url_public(conf_get(), p->name, url));
	rest_set(o, "last_build", NULL);
	if (db_build_last(p->id, &b) == 1) {
		rest_set(o, "last_build", build_json(&b));
		db_build_free(&b);
	}
	rest_set(o, "created_at", rest_time(p->created_ms));
	rest_set(o, "updated_at", rest_time(p->updated_ms));
	return o;
}

static const char *const healths[] = { "unknown", "checking", "healthy",
	"failed" };

static const char *const containers[] = {
	[CONTAINER_GONE] = "gone",
	[CONTAINER_CREATED] = "created",
	[CONTAINER_RUNNING] = "running",
	[CONTAINER_EXITED] = "exited",
};

/* What runs, as far as cid-deployer has told. */
static void
set_view(struct json_object *o, const struct project *p,
    const struct environment *e, const struct slot_row *s)
{
	struct json_object *c;
	struct slot_view v;
	char name[NAME_DOCKER_MAX];
	int64_t now = (int64_t)clock_wall_ms();

	slot_status(e->id, s->slot, &v);
	rest_set_text(o, "health",
	    v.health == 0 && s->is_healthy ? "healthy" : healths[v.health]);
	rest_set(o, "uptime_s",
	    !v.is_known || v.state != CONTAINER_RUNNING
		? NULL
		: json_object_new_int64((now - v.started_ms) / 1000));
	if (!v.is_known) {
		rest_set(o, "container", NULL);
		return;
	}
	c = json_object_new_object();
	rest_set_text(c, "id", v.container);
	rest_set_text(c, "name",
	    name_slot(name, p->name, e->name, (uint32_t)s->slot));
	rest_set_text(c, "state", containers[v.state]);
	rest_set_int(c, "port", v.port);
	rest_set_int(c, "exit_code", v.exit_code);
	rest_set_bool(c, "out_of_memory", v.oom != 0);
	rest_set_int(c, "restarts", v.restarts);
	rest_set(c, "started_at", rest_time(v.started_ms));
	rest_set(o, "container", c);
}

static void
set_release(struct json_object *o, const struct slot_row *s)
{
	struct json_object *j;
	struct release_row r;
	struct build b;

	rest_set(o, "build", NULL);
	if (s->release_id == 0 || db_release_get(s->release_id, &r) != 1)
		return;
	rest_set_int(o, "release_id", r.id);
	if (db_build_get(r.build_id, &b) == 1) {
		j = json_object_new_object();
		rest_set_int(j, "id", b.id);
		rest_set_int(j, "number", b.number);
		rest_set_text(j, "commit_hash", b.commit);
		rest_set_text(j, "commit_message", b.subject);
		rest_set(o, "build", j);
		db_build_free(&b);
	}
	db_release_free(&r);
}

static struct json_object *
slot_json(const struct project *p, const struct environment *e, int slot)
{
	struct json_object *o;
	struct slot_row s;

	if (db_slot_get(e->id, slot, &s) != 1)
		return NULL;
	o = json_object_new_object();
	rest_set_text(o, "state", slot_state_names[s.state]);
	rest_set(o, "since", rest_time(s.since_ms));
	rest_set(o, "port", s.port == 0 ? NULL : json_object_new_int64(s.port));
	set_release(o, &s);
	set_view(o, p, e, &s);
	if (s.state == SLOT_GRACE) {
		rest_set_bool(o, "warm", s.is_warm);
		rest_set(o, "warm_until", rest_time(s.warm_until_ms));
		rest_set(o, "grace_until", rest_time(s.grace_until_ms));
	}
	return o;
}

struct status {
	const struct project *project;
	struct json_object *list;
};

static int
add_environment(void *row, void *arg)
{
	const struct environment *e = row;
	struct status *st = arg;
	struct json_object *o = json_object_new_object(), *slots;
	struct slot_row s;
	int i;

	rest_set_text(o, "name", e->name);
	rest_set_text(o, "branch", e->branch);
	rest_set_text(o, "active_slot",
	    db_slot_active(e->id, &s) == 1 ? slot_names[s.slot] : NULL);
	slots = json_object_new_object();
	for (i = 0; i < SLOTS; i++)
		rest_set(slots, slot_names[i], slot_json(st->project, e, i));
	rest_set(o, "slots", slots);
	json_object_array_add(st->list, o);
	return 0;
}

struct json_object *
project_json_status(const struct project *p)
{
	struct json_object *o = json_object_new_object();
	struct status st = { p, json_object_new_array() };
	char url[URL_MAX];

	rest_set_int(o, "project_id", p->id);
	rest_set_text(o, "project_name", p->name);
	rest_set_text(o, "public_url", url_public(conf_get(), p->name, url));
	db_env_each_of(p->id, add_environment, &st);
	rest_set(o, "environments", st.list);
	return o;
}
