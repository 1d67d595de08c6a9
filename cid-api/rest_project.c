/*
 * Projects: made, listed, changed, removed.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "addr.h"
#include "conf.h"
#include "db.h"
#include "db_env.h"
#include "db_hook.h"
#include "db_project.h"
#include "log.h"
#include "msg_conf.h"
#include "project_input.h"
#include "project_json.h"
#include "project_secret.h"
#include "reason.h"
#include "request.h"
#include "rest.h"
#include "rest_farewell.h"
#include "rest_project.h"
#include "rest_url.h"
#include "spec_release.h"
#include "switch.h"

#define TEAM_LOCAL 1 /* owns what is made over the local socket */

struct list {
	const struct actor *actor;
	struct json_object *array;
};

static int
add_project(void *row, void *arg)
{
	struct list *l = arg;

	json_object_array_add(l->array, project_json(row, l->actor));
	return 0;
}

void
project_list(struct request *r)
{
	const struct actor *a = request_actor(r);
	struct list l = { a, NULL };
	struct project_filter f = { a->team_id, a->token_id, 0, 0 };

	if (rest_page(r, &f.limit, &f.offset) == -1)
		return;
	l.array = json_object_new_array();
	if (db_project_list(&f, add_project, &l) == -1) {
		json_object_put(l.array);
		rest_broken(r);
		return;
	}
	request_answer(r, 200,
	    rest_list("projects", l.array, db_project_list_count(&f)));
}

void
project_get(struct request *r)
{
	request_answer(r, 200, project_json(rest_project(r), request_actor(r)));
}

void
project_status(struct request *r)
{
	request_answer(r, 200, project_json_status(rest_project(r)));
}

/* Where the source is; -1 after refusing. */
static int
check_repository(struct request *r, struct project *p)
{
	char url[URL_MAX];

	if (p->repo[0] == '\0') {
		p->repo_url[0] = '\0';
		if (p->build_type == BUILD_IMAGE)
			return 0;
		rest_invalid(r, "repo", "is missing");
		return -1;
	}
	switch (url_repository(p->repo, url)) {
	case URL_REPO_OK:
		break;
	case URL_REPO_LOCAL:
		if (request_actor(r)->is_local && conf_get()->git_local)
			break;
		rest_invalid(r, "repo",
		    request_actor(r)->is_local
			? "may be a local path only below a \"git local\" "
			  "directory of cid.conf"
			: "may be a local path only for the server's own "
			  "users");
		return -1;
	case URL_REPO_SSH:
		rest_invalid(r, "repo",
		    "can't be fetched by ssh; give its https address");
		return -1;
	case URL_REPO_BAD:
		rest_invalid(r, "repo",
		    "must be owner/name or an https address");
		return -1;
	}
	strlcpy(p->repo_url, url, sizeof(p->repo_url));
	return 0;
}

/* Rules that reach over more than one field; -1 after refusing. */
static int
check_project(struct request *r, struct project *p)
{
	if (check_repository(r, p) == -1)
		return -1;
	if (p->build_type == BUILD_IMAGE && p->runtime_image[0] == '\0') {
		rest_invalid(r, "runtime_image",
		    "is missing, with build_type image");
		return -1;
	}
	if (p->health_kind == HEALTH_HTTP && p->health_check_url[0] == '\0')
		strlcpy(p->health_check_url, "/", sizeof(p->health_check_url));
	if (strcmp(p->cache_type, "paths") == 0 && p->cache_paths.len == 0) {
		rest_invalid(r, "cache_paths",
		    "is missing, with cache_type paths");
		return -1;
	}
	return 0;
}

static int
check_logins(struct request *r, const struct project_input *in)
{
	const struct project_login *l = in->registry_auth.items;
	char url[URL_MAX];
	size_t i;

	for (i = 0; i < in->registry_auth.len; i++) {
		if (url_registry(l[i].server, url) != NULL)
			continue;
		rest_invalid(r, "registry_auth.server",
		    "is not a host with an optional port");
		return -1;
	}
	return 0;
}

static int
bind_hook(const struct project *p, const struct project_input *in)
{
	struct hook h;

	if (p->repo_url[0] == '\0')
		return 0;
	if (db_hook_bind(p->team_id, p->id, FORGE_GITHUB, p->repo_url, &h) ==
	    -1)
		return -1;
	return in->webhook_secret == NULL
	    ? 0
	    : db_hook_set_secret(h.id, in->webhook_secret);
}

/* All rows of a new project, in the transaction of the caller. */
static int
add_rows(struct project *p, const struct project_input *in, uint64_t present,
    const struct actor *who)
{
	struct environment e;

	if (db_project_add(p) == -1)
		return -1;
	memset(&e, 0, sizeof(e));
	e.project_id = p->id;
	strlcpy(e.name, "production", sizeof(e.name));
	strlcpy(e.branch, p->branch, sizeof(e.branch));
	if (db_env_add(&e, addr_pool_nets(&conf_get()->pool)) == -1)
		return -1;
	return project_seal_variables(p, &e, in, present, who) == -1 ||
		project_seal_credentials(p, in, present) == -1
	    ? -1
	    : bind_hook(p, in);
}

static void
refuse_creation(struct request *r, int error)
{
	if (error == ERANGE)
		rest_reason(r, 409, REASON_POOL_EXHAUSTED);
	else
		rest_broken(r);
}

static int
check_name(struct request *r, const struct project *p)
{
	int is_free;

	is_free = db_project_name_free(p->name, p->team_id);
	if (is_free == -1)
		rest_broken(r);
	else if (is_free == 0)
		request_refuse(r, 409, "PROJECT_EXISTS",
		    "A project has this name, or had it and it is kept.", NULL);
	return is_free == 1 ? 0 : -1;
}

void
project_create(struct request *r)
{
	const struct actor *who = request_actor(r);
	struct project_input *in = rest_input(r);
	uint64_t present = rest_present(r);
	struct project *p = &in->p;
	int error;

	if (!PROJECT_HAS(present, NAME)) {
		rest_invalid(r, "name", "is missing");
		return;
	}
	project_defaults(p, present);
	p->team_id = who->team_id != 0 ? who->team_id : TEAM_LOCAL;
	if (check_project(r, p) == -1 || check_logins(r, in) == -1 ||
	    check_name(r, p) == -1)
		return;
	if (db_begin() == -1) {
		rest_broken(r);
		return;
	}
	errno = 0;
	if (add_rows(p, in, present, who) == -1) {
		error = errno;
		db_rollback();
		refuse_creation(r, error);
		return;
	}
	if (db_commit() == -1) {
		rest_broken(r);
		return;
	}
	log_info("project %s: made by %s", p->name, who->name);
	project_changed(p);
	request_answer(r, 201, project_json(p, who));
}

/* The production environment follows the project's branch. */
static int
move_branch(const struct project *p)
{
	struct environment e;

	if (db_env_find(p->id, "production", &e) != 1)
		return -1;
	strlcpy(e.branch, p->branch, sizeof(e.branch));
	return db_env_save(&e);
}

static int
move_repository(struct project *p, const char *before,
    const struct project_input *in)
{
	if (strcmp(p->repo_url, before) == 0)
		return bind_hook(p, in);
	p->forge_id = 0;
	if (db_hook_unbind(p->id) == -1 || db_project_save(p) == -1)
		return -1;
	return bind_hook(p, in);
}

static int
save_rows(struct project *p, const char *repo_before,
    const struct project_input *in, uint64_t present, const struct actor *who)
{
	struct environment e;

	if (db_project_save(p) == -1 || move_branch(p) == -1 ||
	    move_repository(p, repo_before, in) == -1 ||
	    project_seal_credentials(p, in, present) == -1 ||
	    db_env_find(p->id, "production", &e) != 1)
		return -1;
	return project_seal_variables(p, &e, in, present, who);
}

void
project_update(struct request *r)
{
	const struct actor *who = request_actor(r);
	struct project_input *in = rest_input(r);
	uint64_t present = rest_present(r);
	struct project *p = rest_project(r);
	char repo_before[SPEC_URL_MAX];

	if (PROJECT_HAS(present, NAME) && strcmp(in->p.name, p->name) != 0) {
		rest_invalid(r, "name", "can't be changed");
		return;
	}
	strlcpy(repo_before, p->repo_url, sizeof(repo_before));
	project_take(p, &in->p, present);
	if (check_project(r, p) == -1 || check_logins(r, in) == -1)
		return;
	/* The same address again is no reason to forget the token. */
	if (strcmp(p->repo_url, repo_before) == 0)
		present &= ~((uint64_t)1 << PROJECT_REPO);
	if (db_begin() == -1) {
		rest_broken(r);
		return;
	}
	if (save_rows(p, repo_before, in, present, who) == -1) {
		db_rollback();
		rest_broken(r);
		return;
	}
	if (db_commit() == -1) {
		rest_broken(r);
		return;
	}
	log_info("project %s: changed by %s", p->name, who->name);
	project_changed(p);
	request_answer(r, 200, project_json(p, who));
}

void
project_delete(struct request *r)
{
	const struct project *p = rest_project(r);

	if (db_project_mark(p->id) == -1) {
		rest_broken(r);
		return;
	}
	log_info("project %s: removed by %s", p->name, request_actor(r)->name);
	farewell_await(r, p);
	project_removed(p);
}

void
project_gone(int64_t project_id)
{
	if (db_project_delete(project_id) == -1)
		return;
	log_info("project number %lld: all of it is gone",
	    (long long)project_id);
	farewell_done(project_id);
}
