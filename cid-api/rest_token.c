/*
 * API keys: made, listed, revoked.  The text of a key is shown once.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <json-c/json.h>

#include "auth.h"
#include "clock.h"
#include "db.h"
#include "db_project.h"
#include "db_token.h"
#include "log.h"
#include "request.h"
#include "rest.h"
#include "rest_token.h"
#include "schema.h"

#define TEAM_LOCAL 1
#define DAY INT64_C(86400)
#define PROJECTS_MAX 64

struct token_create {
	char name[64];
	int role; /* enum role less one: a key without a role is none */
	int64_t expires_in;	     /* seconds, 0: never */
	struct schema_list projects; /* names or numbers; none: all */
};

static const char *
check_name(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return "has a control character";
	}
	return NULL;
}

static const char *const roles[] = { "viewer", "member", "admin", "owner",
	NULL };

static const struct schema_field create_fields[] = {
	SCHEMA_FIELD(token_create, name, STRING, .min = 1, .check = check_name,
	    .flags = SCHEMA_REQUIRED),
	SCHEMA_FIELD(token_create, role, ENUM, .names = roles,
	    .flags = SCHEMA_REQUIRED),
	SCHEMA_FIELD(token_create, expires_in, INT, .min = 1,
	    .max = 3650 * DAY),
	SCHEMA_FIELD(token_create, projects, STRINGS, .max = PROJECTS_MAX),
};

const struct schema token_create_schema = { "the request", create_fields,
	sizeof(create_fields) / sizeof(create_fields[0]),
	sizeof(struct token_create) };

static struct json_object *
token_json(const struct token *t)
{
	struct json_object *o = json_object_new_object();

	rest_set_int(o, "id", t->id);
	rest_set_int(o, "team_id", t->team_id);
	rest_set_text(o, "name", t->name);
	rest_set_text(o, "role", role_names[t->role]);
	rest_set(o, "created_at", rest_time(t->created_ms));
	rest_set_text(o, "created_by", t->created_by);
	rest_set(o, "expires_at", rest_time(t->expires_ms));
	rest_set(o, "revoked_at", rest_time(t->revoked_ms));
	rest_set(o, "last_used_at", rest_time(t->last_used_ms));
	return o;
}

static int
add_token(void *row, void *arg)
{
	json_object_array_add(arg, token_json(row));
	return 0;
}

void
token_list(struct request *r)
{
	struct json_object *array = json_object_new_array();

	if (db_token_each(request_actor(r)->team_id, add_token, array) == -1) {
		json_object_put(array);
		rest_broken(r);
		return;
	}
	request_answer(r, 200,
	    rest_list("tokens", array,
		(int64_t)json_object_array_length(array)));
}

/* The projects that the key is for; they are the actor's own. */
static int
add_projects(const struct token *t, const struct schema_list *names,
    const struct actor *a, size_t *bad)
{
	char *const *items = names->items;
	struct project p;
	int found;

	for (*bad = 0; *bad < names->len; (*bad)++) {
		found = db_project_lookup(items[*bad], &p);
		if (found == 1 && (found = auth_reaches(a, &p)) == 1 &&
		    db_token_add_project(t->id, p.id) == -1)
			found = -1;
		db_project_free(&p);
		if (found != 1)
			return found;
	}
	return 1;
}

static int
add_rows(struct token *t, const struct token_create *in, const struct actor *a,
    size_t *bad)
{
	int ret;

	if (db_begin() == -1)
		return -1;
	ret =
	    db_token_add(t) == -1 ? -1 : add_projects(t, &in->projects, a, bad);
	if (ret != 1) {
		db_rollback();
		return ret;
	}
	return db_commit() == -1 ? -1 : 1;
}

void
token_create(struct request *r)
{
	const struct token_create *in = rest_input(r);
	const struct actor *a = request_actor(r);
	struct json_object *o;
	struct team team;
	struct token t;
	char text[AUTH_KEY_MAX];
	size_t bad;
	int made;

	memset(&t, 0, sizeof(t));
	t.team_id = a->team_id != 0 ? a->team_id : TEAM_LOCAL;
	t.role = in->role + ROLE_VIEWER;
	if (in->expires_in != 0)
		t.expires_ms = (int64_t)clock_wall_ms() + in->expires_in * 1000;
	strlcpy(t.name, in->name, sizeof(t.name));
	strlcpy(t.created_by, a->name, sizeof(t.created_by));
	if (db_team_get(t.team_id, &team) != 1) {
		rest_broken(r);
		return;
	}
	auth_make_key(team.name, (enum role)t.role, text, t.hash);
	made = add_rows(&t, in, a, &bad);
	if (made == 1) {
		log_info("key %s (%s): made by %s", t.name, role_names[t.role],
		    a->name);
		o = token_json(&t);
		rest_set_text(o, "token", text);
		request_answer_once(r, 201, o, "token");
	} else if (made == 0) {
		rest_invalid(r, "projects", "names one that does not exist");
	} else {
		rest_broken(r);
	}
	explicit_bzero(text, sizeof(text));
}

void
token_delete(struct request *r)
{
	const struct actor *a = request_actor(r);
	struct json_object *o;
	const char *err;
	int64_t id;
	int done;

	id = strtonum(request_param(r, "token"), 1, INT64_MAX, &err);
	done = err != NULL ? 0 : db_token_revoke(id, a->team_id);
	if (done == -1) {
		rest_broken(r);
	} else if (done == 0) {
		rest_missing(r, "TOKEN");
	} else {
		log_info("key number %lld: revoked by %s", (long long)id,
		    a->name);
		o = json_object_new_object();
		rest_set_int(o, "id", id);
		rest_set_bool(o, "revoked", 1);
		request_answer(r, 200, o);
	}
}
