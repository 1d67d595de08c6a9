#ifndef CID_DB_STMT_H
#define CID_DB_STMT_H

#include <stdarg.h>

struct db_table;
struct sqlite3_stmt;
struct stmt;

enum stmt_verb {
	STMT_PLAIN,  /* the text as it is */
	STMT_SELECT, /* SELECT all columns FROM the table, then the text */
	STMT_INSERT,
	STMT_SAVE /* UPDATE all columns of one row */
};

/*
 * Prepared statements, kept by table, verb and the text's address.  NULL
 * after logging; stmt_close() gives it back.  stmt_step() returns 1 for a
 * row, 0 at the end, -1 after logging, with errno EEXIST and no log line
 * when the row is there already.
 */
struct stmt *stmt_open(const struct db_table *, enum stmt_verb, const char *);
void stmt_close(struct stmt *);
int stmt_bind(struct stmt *, const char *types, va_list);
int stmt_step(struct stmt *);
struct sqlite3_stmt *stmt_raw(struct stmt *);
void stmt_forget(void);

#endif /* CID_DB_STMT_H */
