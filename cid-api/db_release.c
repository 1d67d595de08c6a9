/*
 * Releases: what each is, for good, and what became of it.
 */

#include "db_release.h"
#include "clock.h"
#include "db.h"
#include "db_slot.h"

const char *const release_kind_names[] = { "build", "rollback", NULL };

#define R(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct release_row, field), __VA_ARGS__ \
	}

static const struct db_column release_columns[] = {
	R(DB_INT, "id", id, NULL),
	R(DB_INT, "environment_id", environment_id, NULL),
	R(DB_INT, "build_id", build_id, NULL),
	R(DB_INT, "env_version", env_version, NULL),
	R(DB_ENUM, "kind", kind, release_kind_names),
	R(DB_ENUM, "slot", slot, slot_names),
	R(DB_TEXT, "spec", spec, NULL),
	R(DB_INT, "created_ms", created_ms, NULL),
	R(DB_STRING, "created_by", created_by, NULL),
	R(DB_INT, "started_ms", started_ms, NULL),
	R(DB_INT, "healthy_ms", healthy_ms, NULL),
	R(DB_INT, "switched_ms", switched_ms, NULL),
	R(DB_INT, "drained_ms", drained_ms, NULL),
	R(DB_INT, "ended_ms", ended_ms, NULL),
	R(DB_REASON, "reason", reason, NULL),
	R(DB_STRING, "message", message, NULL),
	R(DB_INT, "requests_cut", requests_cut, NULL),
};

const struct db_table release_table = { "release", release_columns,
	sizeof(release_columns) / sizeof(release_columns[0]),
	sizeof(struct release_row) };

int
db_release_get(int64_t id, struct release_row *r)
{
	return db_find(&release_table, r, "WHERE id = ?1", "i", id);
}

int
db_release_of_build(int64_t environment_id, int64_t build_id,
    struct release_row *r)
{
	return db_find(&release_table, r,
	    "WHERE environment_id = ?1 AND build_id = ?2 ORDER BY id DESC "
	    "LIMIT 1",
	    "ii", environment_id, build_id);
}

/* Newest first. */
int
db_release_each(int64_t environment_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&release_table, f, arg,
	    "WHERE environment_id = ?1 ORDER BY id DESC", "i", environment_id);
}

void
db_release_free(struct release_row *r)
{
	db_free(&release_table, r);
}

int
db_release_add(struct release_row *r)
{
	r->created_ms = (int64_t)clock_wall_ms();
	return db_insert(&release_table, r);
}

int
db_release_save(const struct release_row *r)
{
	return db_save(&release_table, r);
}
