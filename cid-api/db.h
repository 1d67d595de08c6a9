#ifndef CID_DB_H
#define CID_DB_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct sqlite3_stmt;

/* The newest schema/NNN.sql; a database beyond it is refused. */
#define DB_VERSION 1

/*
 * One table of these per database table, the only place that maps its
 * columns to a struct.  The first column is always the row's id, int64_t.
 */
enum db_type {
	DB_INT,	   /* int64_t */
	DB_REF,	   /* int64_t, 0 is NULL */
	DB_BOOL,   /* int */
	DB_ENUM,   /* int, index into names */
	DB_REASON, /* int, enum reason; its code in the database */
	DB_STRING, /* char[size] */
	DB_TEXT,   /* char *, malloc'd; NULL is "" in the database */
	DB_LIST,   /* struct schema_list of char *; a JSON array */
	DB_BYTES   /* uint8_t[size] */
};

struct db_column {
	const char *name;
	enum db_type type;
	size_t offset;
	size_t size;
	const char *const *names; /* of an enum, NULL at its end */
};

struct db_table {
	const char *name;
	const struct db_column *columns;
	size_t len;
	size_t size; /* of the struct */
};

/* For tables: DB_AT(struct build, commit). */
#define DB_AT(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

int db_open(const char *dir);
void db_loop(struct event_base *);
void db_close(void);

/*
 * Transactions nest.  The outermost is shared by all that happens in one
 * turn of the loop and committed at its end (group commit); an inner
 * db_rollback() undoes only what its db_begin() began.  All return 0, or -1
 * after logging.
 */
int db_begin(void);
int db_commit(void);
void db_rollback(void);
int db_flush(void); /* end the turn's transaction now */

/*
 * Call f once the current turn's work is on disk (committed 1), or was
 * undone (0).  Without a transaction it is called at the end of this turn.
 * Whatever leaves the process because of a change leaves through this.
 */
void db_after_commit(void (*f)(void *arg, int committed), void *arg);

/* Grows with each row that is written, so that what was read may be kept. */
int64_t db_changes(void);

/*
 * Statements: sql is a string literal (it keys the cache), types one letter
 * per argument: i int64_t, s const char *, b const void * and size_t.
 */

/* Projects that team ?1 (0: every) may see with key ?2 (0: none). */
#define DB_REACHABLE \
	"SELECT id FROM project WHERE deleting_ms = 0 AND " \
	"(?1 = 0 OR team_id = ?1) AND " \
	"(?2 = 0 OR NOT EXISTS (SELECT 1 FROM token_project WHERE " \
	"token_id = ?2) OR id IN (SELECT project_id FROM token_project " \
	"WHERE token_id = ?2))"

int db_exec(const char *sql, const char *types, ...);
int db_number(int64_t *, const char *sql, const char *types, ...);

/*
 * Rows.  "rest" continues "SELECT columns FROM table", db_find() returns 1
 * when there is a row, 0 when not, -1 after logging; what it read is freed
 * by db_free().  db_each() calls f per row until it returns non-zero, which
 * becomes the result; the row is freed after each call, but f may take a
 * DB_TEXT by setting it to NULL.
 */
int db_insert(const struct db_table *, void *row);     /* sets the id */
int db_save(const struct db_table *, const void *row); /* every column */
int db_find(const struct db_table *, void *row, const char *rest,
    const char *types, ...);
int db_each(const struct db_table *, int (*f)(void *row, void *arg), void *arg,
    const char *rest, const char *types, ...);
void db_free(const struct db_table *, void *row);

#endif /* CID_DB_H */
