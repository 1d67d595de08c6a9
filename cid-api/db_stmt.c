/*
 * Prepared statements, the ones used last kept ready.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>
#include <sqlite3.h>

#include "db.h"
#include "db_handle.h"
#include "db_stmt.h"
#include "log.h"

#define KEPT_MAX 48

struct stmt {
	TAILQ_ENTRY(stmt) entry;
	sqlite3_stmt *raw;
	const struct db_table *table;
	enum stmt_verb verb;
	const char *sql;
	int is_used;
};

TAILQ_HEAD(stmts, stmt);

static struct stmts kept = TAILQ_HEAD_INITIALIZER(kept);
static int kept_len;

static void
print_columns(FILE *fp, const struct db_table *t, const char *each)
{
	size_t i;

	for (i = 0; i < t->len; i++) {
		if (i > 0)
			fputs(", ", fp);
		if (each != NULL)
			fprintf(fp, "%s%zu", each, i + 1);
		else
			fputs(t->columns[i].name, fp);
	}
}

static void
print_insert(FILE *fp, const struct db_table *t)
{
	fprintf(fp, "INSERT INTO %s (", t->name);
	print_columns(fp, t, NULL);
	fputs(") VALUES (", fp);
	print_columns(fp, t, "?");
	fputc(')', fp);
}

static void
print_save(FILE *fp, const struct db_table *t)
{
	size_t i;

	fprintf(fp, "UPDATE %s SET ", t->name);
	for (i = 1; i < t->len; i++)
		fprintf(fp, "%s%s = ?%zu", i > 1 ? ", " : "",
		    t->columns[i].name, i + 1);
	fprintf(fp, " WHERE %s = ?1", t->columns[0].name);
}

/* The whole text of a statement, malloc'd. */
static char *
compose(const struct db_table *t, enum stmt_verb verb, const char *sql)
{
	char *text = NULL;
	size_t len;
	FILE *fp;

	if ((fp = open_memstream(&text, &len)) == NULL)
		return NULL;
	switch (verb) {
	case STMT_PLAIN:
		fputs(sql, fp);
		break;
	case STMT_SELECT:
		fputs("SELECT ", fp);
		print_columns(fp, t, NULL);
		fprintf(fp, " FROM %s %s", t->name, sql);
		break;
	case STMT_INSERT:
		print_insert(fp, t);
		break;
	case STMT_SAVE:
		print_save(fp, t);
		break;
	}
	if (fclose(fp) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static struct stmt *
prepare(const struct db_table *t, enum stmt_verb verb, const char *sql)
{
	struct stmt *s;
	char *text;

	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (text = compose(t, verb, sql)) == NULL) {
		log_warn("database: statement");
		free(s);
		return NULL;
	}
	if (sqlite3_prepare_v3(db_handle(), text, -1, SQLITE_PREPARE_PERSISTENT,
		&s->raw, NULL) != SQLITE_OK) {
		log_warnx("database: %s: %s", text,
		    sqlite3_errmsg(db_handle()));
		free(text);
		free(s);
		return NULL;
	}
	free(text);
	s->table = t;
	s->verb = verb;
	s->sql = sql;
	return s;
}

static void
drop(struct stmt *s)
{
	TAILQ_REMOVE(&kept, s, entry);
	kept_len--;
	sqlite3_finalize(s->raw);
	free(s);
}

static struct stmt *
find(const struct db_table *t, enum stmt_verb verb, const char *sql)
{
	struct stmt *s;

	TAILQ_FOREACH(s, &kept, entry) {
		if (!s->is_used && s->table == t && s->verb == verb &&
		    s->sql == sql)
			return s;
	}
	return NULL;
}

/* Make room for one more; what is used just now stays. */
static void
keep(struct stmt *s)
{
	struct stmt *old, *prev;

	TAILQ_FOREACH_REVERSE_SAFE(old, &kept, stmts, entry, prev)
	{
		if (kept_len < KEPT_MAX)
			break;
		if (!old->is_used)
			drop(old);
	}
	TAILQ_INSERT_HEAD(&kept, s, entry);
	kept_len++;
}

struct stmt *
stmt_open(const struct db_table *t, enum stmt_verb verb, const char *sql)
{
	struct stmt *s;

	if ((s = find(t, verb, sql)) != NULL) {
		TAILQ_REMOVE(&kept, s, entry);
		TAILQ_INSERT_HEAD(&kept, s, entry);
	} else {
		if ((s = prepare(t, verb, sql)) == NULL)
			return NULL;
		keep(s);
	}
	s->is_used = 1;
	return s;
}

void
stmt_close(struct stmt *s)
{
	if (s == NULL)
		return;
	sqlite3_reset(s->raw);
	sqlite3_clear_bindings(s->raw);
	s->is_used = 0;
}

/* See db_exec() for the letters. */
int
stmt_bind(struct stmt *s, const char *types, va_list ap)
{
	const void *bytes;
	int i, bad = 0;

	for (i = 1; *types != '\0'; types++, i++) {
		switch (*types) {
		case 'i':
			bad |=
			    sqlite3_bind_int64(s->raw, i, va_arg(ap, int64_t));
			break;
		case 's':
			bad |= sqlite3_bind_text(s->raw, i,
			    va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'b':
			bytes = va_arg(ap, const void *);
			bad |= sqlite3_bind_blob64(s->raw, i, bytes,
			    va_arg(ap, size_t), SQLITE_STATIC);
			break;
		default:
			fatalx("database: no type %c", *types);
		}
	}
	if (bad != 0)
		log_warnx("database: bind: %s", sqlite3_errmsg(db_handle()));
	return bad != 0 ? -1 : 0;
}

static int
step_failed(struct stmt *s, int e)
{
	if (e == SQLITE_CONSTRAINT_UNIQUE ||
	    e == SQLITE_CONSTRAINT_PRIMARYKEY) {
		errno = EEXIST;
		return -1;
	}
	log_warnx("database: %s %s: %s", s->table != NULL ? s->table->name : "",
	    s->sql, sqlite3_errmsg(db_handle()));
	errno = EIO;
	return -1;
}

int
stmt_step(struct stmt *s)
{
	int e;

	if (!sqlite3_stmt_readonly(s->raw) && db_write() == -1)
		return -1;
	e = sqlite3_step(s->raw);
	if (e == SQLITE_ROW)
		return 1;
	return e == SQLITE_DONE ? 0 : step_failed(s, e);
}

struct sqlite3_stmt *
stmt_raw(struct stmt *s)
{
	return s->raw;
}

/* Drop all that are kept, for db_close(). */
void
stmt_forget(void)
{
	struct stmt *s, *next;

	TAILQ_FOREACH_SAFE(s, &kept, entry, next) {
		drop(s);
	}
}
