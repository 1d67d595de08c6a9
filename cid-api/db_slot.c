/*
 * Slots.  The schema refuses every move that R21 does not name.
 */

#include <string.h>

#include "clock.h"
#include "db.h"
#include "db_slot.h"

const char *const slot_names[] = { "blue", "green", NULL };
const char *const slot_state_names[] = { "empty", "deployed", "active", "grace",
	NULL };

#define S(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct slot_row, field), __VA_ARGS__ \
	}

static const struct db_column slot_columns[] = {
	S(DB_INT, "id", id, NULL),
	S(DB_INT, "environment_id", environment_id, NULL),
	S(DB_ENUM, "slot", slot, slot_names),
	S(DB_ENUM, "state", state, slot_state_names),
	S(DB_REF, "release_id", release_id, NULL),
	S(DB_BOOL, "is_healthy", is_healthy, NULL),
	S(DB_BOOL, "is_warm", is_warm, NULL),
	S(DB_INT, "since_ms", since_ms, NULL),
	S(DB_INT, "warm_until_ms", warm_until_ms, NULL),
	S(DB_INT, "grace_until_ms", grace_until_ms, NULL),
	S(DB_INT, "port", port, NULL),
	S(DB_STRING, "container", container, NULL),
};

const struct db_table slot_table = { "slot", slot_columns,
	sizeof(slot_columns) / sizeof(slot_columns[0]),
	sizeof(struct slot_row) };

int
db_slot_get(int64_t environment_id, int slot, struct slot_row *s)
{
	return db_find(&slot_table, s,
	    "WHERE environment_id = ?1 AND slot = ?2", "is", environment_id,
	    slot_names[slot]);
}

int
db_slot_active(int64_t environment_id, struct slot_row *s)
{
	return db_find(&slot_table, s,
	    "WHERE environment_id = ?1 AND state = 'active'", "i",
	    environment_id);
}

int
db_slot_each_grace(int (*f)(void *, void *), void *arg)
{
	return db_each(&slot_table, f, arg,
	    "WHERE state = 'grace' ORDER BY CASE WHEN is_warm = 1 THEN "
	    "warm_until_ms ELSE grace_until_ms END",
	    "");
}

int
db_slot_save(struct slot_row *s)
{
	struct slot_row was;

	if (db_find(&slot_table, &was, "WHERE id = ?1", "i", s->id) != 1)
		return -1;
	if (was.state != s->state)
		s->since_ms = (int64_t)clock_wall_ms();
	return db_save(&slot_table, s);
}

int
db_slot_port_free(int64_t port, int64_t slot_id)
{
	int64_t n;

	if (db_number(&n,
		"SELECT EXISTS (SELECT 1 FROM slot WHERE port = ?1 AND "
		"id != ?2)",
		"ii", port, slot_id) == -1)
		return -1;
	return n == 0;
}
