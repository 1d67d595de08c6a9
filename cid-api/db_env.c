/*
 * Environments with their networks, and the versions of their variables.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "clock.h"
#include "db.h"
#include "db_env.h"
#include "db_slot.h"
#include "log.h"
#include "msg_release.h"
#include "spec.h"

#define E(type, column, field) \
	{ \
		column, type, DB_AT(struct environment, field), NULL \
	}

static const struct db_column environment_columns[] = {
	E(DB_INT, "id", id),
	E(DB_INT, "project_id", project_id),
	E(DB_STRING, "name", name),
	E(DB_STRING, "branch", branch),
	E(DB_INT, "net", net),
	E(DB_BOOL, "is_protected", is_protected),
	E(DB_INT, "env_version", env_version),
	E(DB_INT, "created_ms", created_ms),
};

const struct db_table environment_table = { "environment", environment_columns,
	sizeof(environment_columns) / sizeof(environment_columns[0]),
	sizeof(struct environment) };

#define V(type, column, field) \
	{ \
		column, type, DB_AT(struct env_version, field), NULL \
	}

static const struct db_column env_version_columns[] = {
	V(DB_INT, "id", id),
	V(DB_INT, "environment_id", environment_id),
	V(DB_INT, "version", version),
	V(DB_LIST, "env", env),
	V(DB_INT, "created_ms", created_ms),
	V(DB_STRING, "created_by", created_by),
};

const struct db_table env_version_table = { "env_version", env_version_columns,
	sizeof(env_version_columns) / sizeof(env_version_columns[0]),
	sizeof(struct env_version) };

#define S(type, column, field) \
	{ \
		column, type, DB_AT(struct secret, field), NULL \
	}

static const struct db_column secret_columns[] = {
	S(DB_INT, "id", id),
	S(DB_INT, "env_version_id", env_version_id),
	S(DB_STRING, "name", name),
	S(DB_INT, "version", version),
	S(DB_INT, "scope", scope),
	S(DB_TEXT, "box", box),
};

const struct db_table secret_table = { "secret", secret_columns,
	sizeof(secret_columns) / sizeof(secret_columns[0]),
	sizeof(struct secret) };

int
db_env_get(int64_t id, struct environment *e)
{
	return db_find(&environment_table, e, "WHERE id = ?1", "i", id);
}

int
db_env_find(int64_t project_id, const char *name, struct environment *e)
{
	return db_find(&environment_table, e,
	    "WHERE project_id = ?1 AND name = ?2", "is", project_id, name);
}

int
db_env_each_of(int64_t project_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&environment_table, f, arg,
	    "WHERE project_id = ?1 ORDER BY id", "i", project_id);
}

/* The first free number from the given one on, -1 when there is none. */
static int64_t
free_net(int64_t from, int64_t end)
{
	int64_t n;

	if (from >= end)
		return -1;
	if (db_number(&n,
		"SELECT NOT EXISTS (SELECT 1 FROM environment WHERE net = ?1)",
		"i", from) == -1)
		return -1;
	if (n == 1)
		return from;
	if (db_number(&n,
		"SELECT net + 1 FROM environment e WHERE net >= ?1 AND "
		"NOT EXISTS (SELECT 1 FROM environment WHERE net = e.net + 1) "
		"ORDER BY net LIMIT 1",
		"i", from) == -1)
		return -1;
	return n < end ? n : -1;
}

static int
pick_net(int64_t nets, int64_t *net)
{
	int64_t next;

	if (db_number(&next,
		"SELECT CAST(value AS INTEGER) FROM setting "
		"WHERE name = 'net_next'",
		"") == -1)
		return -1;
	if ((*net = free_net(next, nets)) == -1 &&
	    (*net = free_net(0, nets)) == -1) {
		errno = ERANGE;
		return -1;
	}
	return db_exec("INSERT OR REPLACE INTO setting VALUES ('net_next', "
		       "CAST(?1 AS TEXT))",
	    "i", *net + 1);
}

static int
add_slots(int64_t environment_id)
{
	struct slot_row s;
	int i;

	for (i = 0; i < SLOTS; i++) {
		memset(&s, 0, sizeof(s));
		s.environment_id = environment_id;
		s.slot = i;
		if (db_insert(&slot_table, &s) == -1)
			return -1;
	}
	return 0;
}

int
db_env_add(struct environment *e, uint32_t nets)
{
	int saved;

	if (db_begin() == -1)
		return -1;
	e->created_ms = (int64_t)clock_wall_ms();
	if (pick_net((int64_t)nets, &e->net) == -1 ||
	    db_insert(&environment_table, e) == -1 || add_slots(e->id) == -1) {
		saved = errno;
		db_rollback();
		errno = saved;
		return -1;
	}
	return db_commit();
}

int
db_env_save(const struct environment *e)
{
	return db_save(&environment_table, e);
}

/* Sets id and version. */
int
db_env_version_add(struct env_version *v)
{
	v->created_ms = (int64_t)clock_wall_ms();
	if (db_number(&v->version,
		"SELECT env_version + 1 FROM environment WHERE id = ?1", "i",
		v->environment_id) == -1 ||
	    db_insert(&env_version_table, v) == -1)
		return -1;
	return db_exec("UPDATE environment SET env_version = ?2 WHERE id = ?1",
	    "ii", v->environment_id, v->version);
}

int
db_env_version_get(int64_t environment_id, int64_t version,
    struct env_version *v)
{
	return db_find(&env_version_table, v,
	    "WHERE environment_id = ?1 AND version = ?2", "ii", environment_id,
	    version);
}

void
db_env_version_free(struct env_version *v)
{
	db_free(&env_version_table, v);
}

int
db_secret_add(struct secret *s)
{
	return db_insert(&secret_table, s);
}

static int
add_secret(void *row, void *arg)
{
	struct schema_list *l = arg;
	struct spec_sealed *items, *item;
	struct secret *s = row;

	items = reallocarray(l->items, l->len + 1, sizeof(*items));
	if (items == NULL) {
		log_warn("secrets");
		return -1;
	}
	l->items = items;
	item = &items[l->len++];
	memset(item, 0, sizeof(*item));
	strlcpy(item->name, s->name, sizeof(item->name));
	item->version = s->version;
	item->scope = s->scope;
	item->box = s->box;
	s->box = NULL;
	return 0;
}

int
db_env_secrets(int64_t environment_id, int64_t version, int64_t scope,
    struct schema_list *l)
{
	memset(l, 0, sizeof(*l));
	return db_each(&secret_table, add_secret, l,
	    "WHERE scope & ?3 != 0 AND env_version_id = (SELECT id FROM "
	    "env_version WHERE environment_id = ?1 AND version = ?2) "
	    "ORDER BY name",
	    "iii", environment_id, version, scope);
}
