/*
 * The database as a whole: opened, brought to the newest schema, written in
 * one transaction per turn of the loop.  Nothing that follows from a change
 * leaves the process before the change is on disk.
 */

#include <stdio.h>
#include <stdlib.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>
#include <sqlite3.h>

#include "db.h"
#include "db_handle.h"
#include "db_schema.h"
#include "db_stmt.h"
#include "log.h"

#define HEAP_SOFT_LIMIT 4194304 /* bytes */

/* Somebody who waits for the end of the turn. */
struct waiter {
	STAILQ_ENTRY(waiter) entry;
	void (*f)(void *, int);
	void *arg;
	int depth; /* of the transactions it was called in */
	int is_undone;
};

STAILQ_HEAD(waiters, waiter);

static struct {
	sqlite3 *handle;
	struct event *turn_end; /* NULL: db_flush() is called by hand */
	struct waiters waiters;
	int is_open; /* the turn's transaction */
	int is_broken;
	int depth;
} db = { .waiters = STAILQ_HEAD_INITIALIZER(db.waiters) };

struct sqlite3 *
db_handle(void)
{
	return db.handle;
}

static int
run(const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db.handle, sql, NULL, NULL, &why) == SQLITE_OK)
		return 0;
	log_warnx("database: %.40s: %s", sql, why != NULL ? why : "?");
	sqlite3_free(why);
	return -1;
}

static int
read_version(int *version)
{
	int64_t n;

	if (db_number(&n, "PRAGMA user_version", "") == -1)
		return -1;
	*version = (int)n;
	return 0;
}

/* One migration is one transaction. */
static int
migrate_to(int version)
{
	char set[64];

	snprintf(set, sizeof(set), "PRAGMA user_version = %d", version);
	if (run("BEGIN IMMEDIATE") == -1)
		return -1;
	if (run(db_schema(version)) == -1 || run(set) == -1 ||
	    run("COMMIT") == -1) {
		run("ROLLBACK");
		return -1;
	}
	log_info("database: at version %d", version);
	return 0;
}

static int
migrate(void)
{
	int version;

	if (read_version(&version) == -1)
		return -1;
	if (version > DB_VERSION) {
		log_warnx("database: version %d was written by a newer cid, "
			  "this one knows %d",
		    version, DB_VERSION);
		return -1;
	}
	while (version < DB_VERSION) {
		if (migrate_to(++version) == -1)
			return -1;
	}
	return 0;
}

static int
set_up(void)
{
	return run("PRAGMA journal_mode = WAL") == -1 ||
		run("PRAGMA synchronous = FULL") == -1 ||
		run("PRAGMA foreign_keys = ON") == -1 ||
		run("PRAGMA temp_store = MEMORY") == -1 ||
		run("PRAGMA cache_size = -1024") == -1 ||
		run("PRAGMA journal_size_limit = 16777216") == -1 ||
		run("PRAGMA trusted_schema = OFF") == -1 ||
		run("PRAGMA busy_timeout = 1000") == -1
	    ? -1
	    : 0;
}

/* Open dir/cid.db, made when it is not there.  Returns -1 after logging. */
int
db_open(const char *dir)
{
	char path[512];
	int n;

	n = snprintf(path, sizeof(path), "%s/cid.db", dir);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		log_warnx("database: the path is too long: %s", dir);
		return -1;
	}
	sqlite3_soft_heap_limit64(HEAP_SOFT_LIMIT);
	if (sqlite3_open_v2(path, &db.handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK) {
		log_warnx("%s: %s", path, sqlite3_errmsg(db.handle));
		db_close();
		return -1;
	}
	sqlite3_extended_result_codes(db.handle, 1);
	if (set_up() == -1 || migrate() == -1) {
		db_close();
		return -1;
	}
	return 0;
}

static void
on_turn_end(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	db_flush();
}

/* From now on each turn of the loop ends with db_flush(). */
void
db_loop(struct event_base *base)
{
	if ((db.turn_end = event_new(base, -1, 0, on_turn_end, NULL)) == NULL)
		fatalx("database: event");
	if (db.is_open || !STAILQ_EMPTY(&db.waiters))
		event_active(db.turn_end, 0, 0);
}

/* Write what is left and let go; calls what waits. */
void
db_close(void)
{
	if (db.handle != NULL)
		db_flush();
	if (db.turn_end != NULL)
		event_free(db.turn_end);
	db.turn_end = NULL;
	stmt_forget();
	sqlite3_close(db.handle);
	db.handle = NULL;
}

static void
expect_turn_end(void)
{
	if (db.turn_end != NULL)
		event_active(db.turn_end, 0, 0);
}

/* SQLite ends a transaction by itself when the disk fails. */
static int
is_usable(void)
{
	if (db.is_open && sqlite3_get_autocommit(db.handle))
		db.is_broken = 1;
	return !db.is_broken;
}

int
db_write(void)
{
	if (!is_usable())
		return -1;
	if (db.is_open)
		return 0;
	if (run("BEGIN IMMEDIATE") == -1)
		return -1;
	db.is_open = 1;
	expect_turn_end();
	return 0;
}

int
db_begin(void)
{
	if (db_write() == -1 || db_exec("SAVEPOINT part", "") == -1)
		return -1;
	db.depth++;
	return 0;
}

int
db_commit(void)
{
	struct waiter *w;

	if (!is_usable() || db_exec("RELEASE part", "") == -1) {
		db_rollback();
		return -1;
	}
	db.depth--;
	STAILQ_FOREACH(w, &db.waiters, entry) {
		if (w->depth > db.depth)
			w->depth = db.depth;
	}
	return 0;
}

void
db_rollback(void)
{
	struct waiter *w;

	if (is_usable() &&
	    (db_exec("ROLLBACK TO part", "") == -1 ||
		db_exec("RELEASE part", "") == -1))
		db.is_broken = 1;
	STAILQ_FOREACH(w, &db.waiters, entry) {
		if (w->depth >= db.depth)
			w->is_undone = 1;
	}
	db.depth--;
}

static int
end_transaction(void)
{
	int ret = 0;

	if (!db.is_open)
		return 0;
	if (!is_usable() || db_exec("COMMIT", "") == -1)
		ret = -1;
	if (ret == -1 && !sqlite3_get_autocommit(db.handle))
		run("ROLLBACK");
	db.is_open = 0;
	db.is_broken = 0;
	return ret;
}

int
db_flush(void)
{
	struct waiters now = STAILQ_HEAD_INITIALIZER(now);
	struct waiter *w;
	int ret;

	if (db.depth != 0)
		fatalx("database: a transaction was left open");
	ret = end_transaction();
	STAILQ_CONCAT(&now, &db.waiters);
	while ((w = STAILQ_FIRST(&now)) != NULL) {
		STAILQ_REMOVE_HEAD(&now, entry);
		w->f(w->arg, ret == 0 && !w->is_undone);
		free(w);
	}
	return ret;
}

void
db_after_commit(void (*f)(void *, int), void *arg)
{
	struct waiter *w;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		fatal("database: waiter");
	w->f = f;
	w->arg = arg;
	w->depth = db.depth;
	STAILQ_INSERT_TAIL(&db.waiters, w, entry);
	expect_turn_end();
}

int64_t
db_changes(void)
{
	return sqlite3_total_changes64(db.handle);
}
