/*
 * Projects and their credentials.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "clock.h"
#include "db.h"
#include "db_hook.h"
#include "db_project.h"
#include "log.h"
#include "spec_file.h"
#include "spec_release.h"

static const char *const credential_kinds[] = { "git", "registry", NULL };

#define P(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct project, field), __VA_ARGS__ \
	}

static const struct db_column project_columns[] = {
	P(DB_INT, "id", id, NULL),
	P(DB_INT, "team_id", team_id, NULL),
	P(DB_STRING, "name", name, NULL),
	P(DB_STRING, "repo", repo, NULL),
	P(DB_STRING, "repo_url", repo_url, NULL),
	P(DB_INT, "forge_id", forge_id, NULL),
	P(DB_STRING, "branch", branch, NULL),
	P(DB_STRING, "path_filter", path_filter, NULL),
	P(DB_STRING, "working_directory", working_directory, NULL),
	P(DB_ENUM, "build_type", build_type, spec_build_types),
	P(DB_STRING, "build_image", build_image, NULL),
	P(DB_LIST, "build_command", build_command, NULL),
	P(DB_STRING, "cache_type", cache_type, NULL),
	P(DB_LIST, "cache_paths", cache_paths, NULL),
	P(DB_STRING, "runtime_image", runtime_image, NULL),
	P(DB_LIST, "runtime_command", runtime_command, NULL),
	P(DB_INT, "runtime_port", runtime_port, NULL),
	P(DB_ENUM, "health_kind", health_kind, spec_health_kinds),
	P(DB_STRING, "health_check_url", health_check_url, NULL),
	P(DB_INT, "health_check_status", health_check_status, NULL),
	P(DB_INT, "health_check_timeout", health_check_timeout, NULL),
	P(DB_INT, "health_check_interval", health_check_interval, NULL),
	P(DB_INT, "health_check_retries", health_check_retries, NULL),
	P(DB_INT, "health_stay_up", health_stay_up, NULL),
	P(DB_ENUM, "promote", promote, spec_promotes),
	P(DB_BOOL, "supersede", supersede, NULL),
	P(DB_INT, "priority", priority, NULL),
	P(DB_BOOL, "network", network, NULL),
	P(DB_BOOL, "read_only", read_only, NULL),
	P(DB_INT, "build_memory", build.memory, NULL),
	P(DB_INT, "build_nano_cpus", build.nano_cpus, NULL),
	P(DB_INT, "build_pids", build.pids, NULL),
	P(DB_INT, "build_timeout", build.time_s, NULL),
	P(DB_INT, "build_log", build.log, NULL),
	P(DB_INT, "memory", runtime.memory, NULL),
	P(DB_INT, "nano_cpus", runtime.nano_cpus, NULL),
	P(DB_INT, "pids", runtime.pids, NULL),
	P(DB_INT, "last_number", last_number, NULL),
	P(DB_INT, "deleting_ms", deleting_ms, NULL),
	P(DB_INT, "created_ms", created_ms, NULL),
	P(DB_INT, "updated_ms", updated_ms, NULL),
};

const struct db_table project_table = { "project", project_columns,
	sizeof(project_columns) / sizeof(project_columns[0]),
	sizeof(struct project) };

#define C(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct credential, field), __VA_ARGS__ \
	}

static const struct db_column credential_columns[] = {
	C(DB_INT, "id", id, NULL),
	C(DB_INT, "project_id", project_id, NULL),
	C(DB_ENUM, "kind", kind, credential_kinds),
	C(DB_STRING, "name", name, NULL),
	C(DB_STRING, "origin", origin, NULL),
	C(DB_INT, "version", version, NULL),
	C(DB_TEXT, "box", box, NULL),
	C(DB_INT, "created_ms", created_ms, NULL),
};

const struct db_table credential_table = { "credential", credential_columns,
	sizeof(credential_columns) / sizeof(credential_columns[0]),
	sizeof(struct credential) };

int
db_project_get(int64_t id, struct project *p)
{
	return db_find(&project_table, p, "WHERE id = ?1", "i", id);
}

/* A name may be all digits, then it is the name that counts. */
int
db_project_lookup(const char *key, struct project *p)
{
	const char *err;
	int64_t id;
	int ret;

	ret = db_find(&project_table, p, "WHERE name = ?1 AND deleting_ms = 0",
	    "s", key);
	if (ret != 0)
		return ret;
	id = strtonum(key, 1, INT64_MAX, &err);
	if (err != NULL)
		return 0;
	return db_find(&project_table, p, "WHERE id = ?1 AND deleting_ms = 0",
	    "i", id);
}

int
db_project_list(const struct project_filter *pf, int (*f)(void *, void *),
    void *arg)
{
	return db_each(&project_table, f, arg,
	    "WHERE id IN (" DB_REACHABLE ") "
	    "ORDER BY name LIMIT ?3 OFFSET ?4",
	    "iiii", pf->team_id, pf->token_id, pf->limit, pf->offset);
}

int64_t
db_project_list_count(const struct project_filter *pf)
{
	int64_t n;

	db_number(&n,
	    "SELECT count(*) FROM project WHERE id IN (" DB_REACHABLE ")", "ii",
	    pf->team_id, pf->token_id);
	return n;
}

int
db_project_each_of_hook(int64_t hook_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&project_table, f, arg,
	    "WHERE deleting_ms = 0 AND id IN (SELECT project_id "
	    "FROM hook_project WHERE hook_id = ?1) ORDER BY id",
	    "i", hook_id);
}

int
db_project_each_deleting(int (*f)(void *, void *), void *arg)
{
	return db_each(&project_table, f, arg,
	    "WHERE deleting_ms != 0 ORDER BY id", "");
}

void
db_project_free(struct project *p)
{
	db_free(&project_table, p);
}

int
db_project_add(struct project *p)
{
	p->created_ms = p->updated_ms = (int64_t)clock_wall_ms();
	return db_insert(&project_table, p);
}

int
db_project_save(struct project *p)
{
	p->updated_ms = (int64_t)clock_wall_ms();
	return db_save(&project_table, p);
}

int
db_project_set_forge_id(int64_t id, int64_t forge_id)
{
	return db_exec("UPDATE project SET forge_id = ?2 WHERE id = ?1", "ii",
	    id, forge_id);
}

int
db_project_mark(int64_t id)
{
	return db_exec("UPDATE project SET deleting_ms = ?2 WHERE id = ?1 "
		       "AND deleting_ms = 0",
	    "ii", id, (int64_t)clock_wall_ms());
}

/* Its name stays reserved for its team (S11). */
int
db_project_delete(int64_t id)
{
	if (db_begin() == -1)
		return -1;
	if (db_exec("INSERT OR REPLACE INTO reserved_name "
		    "SELECT name, team_id, ?2 FROM project WHERE id = ?1",
		"ii", id, (int64_t)clock_wall_ms()) == -1 ||
	    db_exec("DELETE FROM project WHERE id = ?1", "i", id) == -1 ||
	    db_hook_prune() == -1) {
		db_rollback();
		return -1;
	}
	return db_commit();
}

int64_t
db_project_count(void)
{
	int64_t n;

	db_number(&n, "SELECT count(*) FROM project WHERE deleting_ms = 0", "");
	return n;
}

int
db_project_name_free(const char *name, int64_t team_id)
{
	int64_t n;

	if (db_number(&n,
		"SELECT EXISTS (SELECT 1 FROM project WHERE name = ?1) OR "
		"EXISTS (SELECT 1 FROM reserved_name WHERE name = ?1 AND "
		"team_id != ?2)",
		"si", name, team_id) == -1)
		return -1;
	return n == 0;
}

/* Takes the place of an earlier one for the same origin. */
int
db_credential_put(struct credential *c)
{
	c->created_ms = (int64_t)clock_wall_ms();
	if (db_exec("DELETE FROM credential WHERE project_id = ?1 AND "
		    "kind = ?2 AND origin = ?3",
		"iss", c->project_id, credential_kinds[c->kind],
		c->origin) == -1)
		return -1;
	return db_insert(&credential_table, c);
}

int
db_credential_drop(int64_t project_id, int kind)
{
	return db_exec("DELETE FROM credential WHERE project_id = ?1 AND "
		       "kind = ?2",
	    "is", project_id, credential_kinds[kind]);
}

static int
take_sealed(struct credential *c, struct spec_sealed *out)
{
	strlcpy(out->name, c->name, sizeof(out->name));
	strlcpy(out->origin, c->origin, sizeof(out->origin));
	out->version = c->version;
	out->scope = 0;
	out->box = c->box;
	c->box = NULL;
	return 0;
}

/* The origin says whose it is: it must be that of the repository. */
int
db_credential_git(int64_t project_id, struct spec_sealed *out)
{
	struct credential c;
	int ret;

	memset(out, 0, sizeof(*out));
	ret = db_find(&credential_table, &c,
	    "WHERE project_id = ?1 AND kind = 'git' ORDER BY id DESC LIMIT 1",
	    "i", project_id);
	if (ret == 1)
		take_sealed(&c, out);
	return ret;
}

static int
add_sealed(void *row, void *arg)
{
	struct schema_list *l = arg;
	struct spec_sealed *items;

	items = reallocarray(l->items, l->len + 1, sizeof(*items));
	if (items == NULL) {
		log_warn("credentials");
		return -1;
	}
	l->items = items;
	memset(&items[l->len], 0, sizeof(*items));
	return take_sealed(row, &items[l->len++]);
}

int
db_credential_registries(int64_t project_id, struct schema_list *l)
{
	memset(l, 0, sizeof(*l));
	return db_each(&credential_table, add_sealed, l,
	    "WHERE project_id = ?1 AND kind = 'registry' ORDER BY id", "i",
	    project_id);
}

/* Free the boxes of n items, not the array. */
void
db_sealed_free(struct spec_sealed *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(s[i].box);
		s[i].box = NULL;
	}
}
