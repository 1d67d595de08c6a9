/*
 * The inbox: every delivery with what became of it (R106, S14).
 */

#include "db_delivery.h"
#include "clock.h"
#include "db.h"
#include "db_build.h"

const char *const decision_names[] = { "accepted", "pending", "skipped",
	"refused", NULL };

#define D(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct delivery, field), __VA_ARGS__ \
	}

static const struct db_column delivery_columns[] = {
	D(DB_INT, "id", id, NULL),
	D(DB_INT, "hook_id", hook_id, NULL),
	D(DB_STRING, "forge_delivery", forge_delivery, NULL),
	D(DB_BYTES, "digest", digest, NULL),
	D(DB_STRING, "event", event, NULL),
	D(DB_TEXT, "headers", headers, NULL),
	D(DB_TEXT, "body", body, NULL),
	D(DB_INT, "size", size, NULL),
	D(DB_STRING, "address", address, NULL),
	D(DB_STRING, "repository", repository, NULL),
	D(DB_STRING, "branch", branch, NULL),
	D(DB_STRING, "commit_hash", commit, NULL),
	D(DB_ENUM, "decision", decision, decision_names),
	D(DB_REASON, "reason", reason, NULL),
	D(DB_INT, "status", status, NULL),
	D(DB_TEXT, "answer", answer, NULL),
	D(DB_INT, "received_ms", received_ms, NULL),
};

const struct db_table delivery_table = { "delivery", delivery_columns,
	sizeof(delivery_columns) / sizeof(delivery_columns[0]),
	sizeof(struct delivery) };

int
db_delivery_get(int64_t id, struct delivery *d)
{
	return db_find(&delivery_table, d, "WHERE id = ?1", "i", id);
}

int
db_delivery_seen(int64_t hook_id, const char *forge_delivery,
    const uint8_t digest[DELIVERY_DIGEST], struct delivery *d)
{
	int ret;

	ret = db_find(&delivery_table, d,
	    "WHERE hook_id = ?1 AND forge_delivery = ?2 AND "
	    "forge_delivery != '' AND status BETWEEN 200 AND 299",
	    "is", hook_id, forge_delivery);
	if (ret != 0)
		return ret;
	return db_find(&delivery_table, d,
	    "WHERE hook_id = ?1 AND digest = ?2 AND status BETWEEN 200 AND 299",
	    "ib", hook_id, digest, (size_t)DELIVERY_DIGEST);
}

#define REACHABLE_HOOK \
	"SELECT hook_id FROM hook_project WHERE project_id IN " \
	"(" DB_REACHABLE ")"

/* Newest first. */
int
db_delivery_each(const struct delivery_filter *f, int (*each)(void *, void *),
    void *arg)
{
	if (f->project_id != 0)
		return db_each(&delivery_table, each, arg,
		    "WHERE hook_id IN (SELECT hook_id FROM hook_project WHERE "
		    "project_id = ?1) ORDER BY id DESC LIMIT ?2 OFFSET ?3",
		    "iii", f->project_id, f->limit, f->offset);
	return db_each(&delivery_table, each, arg,
	    "WHERE +hook_id IN (" REACHABLE_HOOK ") "
	    "ORDER BY id DESC LIMIT ?3 OFFSET ?4",
	    "iiii", f->team_id, f->token_id, f->limit, f->offset);
}

int64_t
db_delivery_count(const struct delivery_filter *f)
{
	int64_t n;

	if (f->project_id != 0)
		db_number(&n,
		    "SELECT count(*) FROM delivery WHERE hook_id IN (SELECT "
		    "hook_id FROM hook_project WHERE project_id = ?1)",
		    "i", f->project_id);
	else
		db_number(&n,
		    "SELECT count(*) FROM delivery WHERE "
		    "hook_id IN (" REACHABLE_HOOK ")",
		    "ii", f->team_id, f->token_id);
	return n;
}

/* 1 when the team and the key may see it, 0 when not, -1 on error. */
int
db_delivery_reaches(const struct delivery *d, int64_t team_id, int64_t token_id)
{
	int64_t n;

	if (db_number(&n, "SELECT ?3 IN (" REACHABLE_HOOK ")", "iii", team_id,
		token_id, d->hook_id) == -1)
		return -1;
	return n != 0;
}

void
db_delivery_free(struct delivery *d)
{
	db_free(&delivery_table, d);
}

int
db_delivery_add(struct delivery *d)
{
	d->received_ms = (int64_t)clock_wall_ms();
	return db_insert(&delivery_table, d);
}

int
db_delivery_add_build(int64_t delivery_id, int64_t build_id)
{
	return db_exec("INSERT INTO delivery_build VALUES (?1, ?2)", "ii",
	    delivery_id, build_id);
}

int
db_delivery_each_build(int64_t delivery_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&build_table, f, arg,
	    "WHERE id IN (SELECT build_id FROM delivery_build WHERE "
	    "delivery_id = ?1) ORDER BY id",
	    "i", delivery_id);
}

int
db_delivery_prune(int64_t refused_max, int64_t bodies_before_ms)
{
	if (db_exec("DELETE FROM delivery WHERE decision = 'refused' AND id <= "
		    "(SELECT id FROM delivery WHERE decision = 'refused' "
		    "ORDER BY id DESC LIMIT 1 OFFSET ?1)",
		"i", refused_max) == -1)
		return -1;
	return db_exec("UPDATE delivery SET body = '' WHERE received_ms < ?1 "
		       "AND body != ''",
	    "i", bodies_before_ms);
}
