/*
 * Teams and API keys.
 */

#include <stddef.h>

#include "clock.h"
#include "db.h"
#include "db_token.h"

const char *const role_names[] = { "", "viewer", "member", "admin", "owner",
	NULL };

#define T(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct token, field), __VA_ARGS__ \
	}

static const struct db_column token_columns[] = {
	T(DB_INT, "id", id, NULL),
	T(DB_INT, "team_id", team_id, NULL),
	T(DB_REF, "member_id", member_id, NULL),
	T(DB_STRING, "name", name, NULL),
	T(DB_ENUM, "role", role, role_names),
	T(DB_BYTES, "hash", hash, NULL),
	T(DB_INT, "created_ms", created_ms, NULL),
	T(DB_STRING, "created_by", created_by, NULL),
	T(DB_INT, "expires_ms", expires_ms, NULL),
	T(DB_INT, "revoked_ms", revoked_ms, NULL),
	T(DB_INT, "last_used_ms", last_used_ms, NULL),
};

const struct db_table token_table = { "token", token_columns,
	sizeof(token_columns) / sizeof(token_columns[0]),
	sizeof(struct token) };

#define T2(type, column, field) \
	{ \
		column, type, DB_AT(struct team, field), NULL \
	}

static const struct db_column team_columns[] = {
	T2(DB_INT, "id", id),
	T2(DB_STRING, "name", name),
	T2(DB_INT, "created_ms", created_ms),
};

const struct db_table team_table = { "team", team_columns,
	sizeof(team_columns) / sizeof(team_columns[0]), sizeof(struct team) };

int
db_team_get(int64_t id, struct team *t)
{
	return db_find(&team_table, t, "WHERE id = ?1", "i", id);
}

int
db_token_find(const uint8_t hash[TOKEN_HASH], struct token *t)
{
	return db_find(&token_table, t, "WHERE hash = ?1", "b", hash,
	    (size_t)TOKEN_HASH);
}

/* Newest first; team 0: all. */
int
db_token_each(int64_t team_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&token_table, f, arg,
	    "WHERE ?1 = 0 OR team_id = ?1 ORDER BY id DESC", "i", team_id);
}

int
db_token_add(struct token *t)
{
	t->created_ms = (int64_t)clock_wall_ms();
	return db_insert(&token_table, t);
}

int
db_token_revoke(int64_t id, int64_t team_id)
{
	struct token t;
	int ret;

	ret = db_find(&token_table, &t,
	    "WHERE id = ?1 AND (?2 = 0 OR team_id = ?2)", "ii", id, team_id);
	if (ret != 1)
		return ret;
	if (t.revoked_ms == 0)
		t.revoked_ms = (int64_t)clock_wall_ms();
	return db_save(&token_table, &t) == -1 ? -1 : 1;
}

int
db_token_used(int64_t id)
{
	return db_exec("UPDATE token SET last_used_ms = ?2 WHERE id = ?1", "ii",
	    id, (int64_t)clock_wall_ms());
}

int
db_token_add_project(int64_t id, int64_t project_id)
{
	return db_exec("INSERT OR IGNORE INTO token_project VALUES (?1, ?2)",
	    "ii", id, project_id);
}

int
db_token_reaches(int64_t id, int64_t project_id)
{
	int64_t n;

	if (db_number(&n,
		"SELECT NOT EXISTS (SELECT 1 FROM token_project WHERE "
		"token_id = ?1) OR EXISTS (SELECT 1 FROM token_project WHERE "
		"token_id = ?1 AND project_id = ?2)",
		"ii", id, project_id) == -1)
		return -1;
	return n != 0;
}
