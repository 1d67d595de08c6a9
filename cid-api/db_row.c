/*
 * Rows to structs and back, by the table that names each column once.
 */

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>
#include <sqlite3.h>

#include "db.h"
#include "db_handle.h"
#include "db_stmt.h"
#include "log.h"
#include "reason.h"
#include "schema.h"

static void *
member(void *row, const struct db_column *c)
{
	return (char *)row + c->offset;
}

static const void *
member_of(const void *row, const struct db_column *c)
{
	return (const char *)row + c->offset;
}

static int
bind_list(sqlite3_stmt *raw, int i, const struct schema_list *l)
{
	struct json_object *array;
	char *const *items = l->items;
	size_t k;
	int e;

	if ((array = json_object_new_array()) == NULL)
		return SQLITE_NOMEM;
	for (k = 0; k < l->len; k++)
		json_object_array_add(array, json_object_new_string(items[k]));
	e = sqlite3_bind_text(raw, i,
	    json_object_to_json_string_ext(array, JSON_C_TO_STRING_PLAIN), -1,
	    SQLITE_TRANSIENT);
	json_object_put(array);
	return e;
}

static int
bind_text(sqlite3_stmt *raw, int i, const char *s)
{
	return sqlite3_bind_text(raw, i, s != NULL ? s : "", -1, SQLITE_STATIC);
}

static int
bind_column(sqlite3_stmt *raw, int i, const struct db_column *c,
    const void *row)
{
	const void *p = member_of(row, c);
	int64_t n;
	int k;

	switch (c->type) {
	case DB_REF:
	case DB_INT:
		memcpy(&n, p, sizeof(n));
		if (n == 0 && (c->type == DB_REF || i == 1))
			return sqlite3_bind_null(raw, i);
		return sqlite3_bind_int64(raw, i, n);
	case DB_BOOL:
		memcpy(&k, p, sizeof(k));
		return sqlite3_bind_int64(raw, i, k != 0);
	case DB_ENUM:
		memcpy(&k, p, sizeof(k));
		return bind_text(raw, i, c->names[k]);
	case DB_REASON:
		memcpy(&k, p, sizeof(k));
		return bind_text(raw, i, reason_code((uint32_t)k));
	case DB_STRING:
		return bind_text(raw, i, p);
	case DB_TEXT:
		return bind_text(raw, i, *(char *const *)p);
	case DB_LIST:
		return bind_list(raw, i, p);
	case DB_BYTES:
		return sqlite3_bind_blob64(raw, i, p, c->size, SQLITE_STATIC);
	}
	return SQLITE_ERROR;
}

static int
bind_row(struct stmt *s, const struct db_table *t, const void *row)
{
	size_t i;

	for (i = 0; i < t->len; i++) {
		if (bind_column(stmt_raw(s), (int)i + 1, &t->columns[i], row) !=
		    SQLITE_OK) {
			log_warnx("database: %s.%s: %s", t->name,
			    t->columns[i].name, sqlite3_errmsg(db_handle()));
			return -1;
		}
	}
	return 0;
}

static int
read_list(const char *text, struct schema_list *l)
{
	struct json_object *array;
	char **items;
	size_t i, n;

	if ((array = json_tokener_parse(text)) == NULL ||
	    !json_object_is_type(array, json_type_array)) {
		json_object_put(array);
		return -1;
	}
	n = json_object_array_length(array);
	if ((items = calloc(n + 1, sizeof(*items))) == NULL) {
		json_object_put(array);
		return -1;
	}
	l->items = items;
	for (i = 0; i < n; i++) {
		items[i] = strdup(json_object_get_string(
		    json_object_array_get_idx(array, i)));
		if (items[i] == NULL)
			break;
		l->len++;
	}
	json_object_put(array);
	return l->len == n ? 0 : -1;
}

static int
read_enum(const struct db_column *c, const char *text, int *out)
{
	int k;

	for (k = 0; c->names[k] != NULL; k++) {
		if (strcmp(c->names[k], text) == 0) {
			*out = k;
			return 0;
		}
	}
	return -1;
}

static int
read_reason(const char *text, int *out)
{
	int k = (int)reason_find(text);

	if (k == REASON_MAX)
		return -1;
	*out = k;
	return 0;
}

static int
read_text(const char *text, char **out)
{
	if (*text == '\0')
		return 0;
	return (*out = strdup(text)) == NULL ? -1 : 0;
}

static int
read_column(sqlite3_stmt *raw, int i, const struct db_column *c, void *row)
{
	void *p = member(row, c);
	const char *text = NULL;
	int64_t n = 0;
	int k;

	if (c->type == DB_BYTES) {
		if ((size_t)sqlite3_column_bytes(raw, i) != c->size)
			return -1;
		memcpy(p, sqlite3_column_blob(raw, i), c->size);
		return 0;
	}
	if (c->type == DB_INT || c->type == DB_REF || c->type == DB_BOOL)
		n = sqlite3_column_int64(raw, i);
	else if ((text = (const char *)sqlite3_column_text(raw, i)) == NULL)
		return -1;
	switch (c->type) {
	case DB_INT:
	case DB_REF:
		memcpy(p, &n, sizeof(n));
		return 0;
	case DB_BOOL:
		k = n != 0;
		memcpy(p, &k, sizeof(k));
		return 0;
	case DB_ENUM:
		return read_enum(c, text, p);
	case DB_REASON:
		return read_reason(text, p);
	case DB_STRING:
		return strlcpy(p, text, c->size) < c->size ? 0 : -1;
	case DB_TEXT:
		return read_text(text, p);
	case DB_LIST:
		return read_list(text, p);
	default:
		return -1;
	}
}

static int
read_row(struct stmt *s, const struct db_table *t, void *row)
{
	size_t i;

	memset(row, 0, t->size);
	for (i = 0; i < t->len; i++) {
		if (read_column(stmt_raw(s), (int)i, &t->columns[i], row) ==
		    -1) {
			log_warnx("database: %s.%s does not fit", t->name,
			    t->columns[i].name);
			db_free(t, row);
			return -1;
		}
	}
	return 0;
}

static int
write_row(const struct db_table *t, enum stmt_verb verb, const void *row)
{
	struct stmt *s;
	int ret = -1;

	if ((s = stmt_open(t, verb, verb == STMT_INSERT ? "add" : "save")) ==
	    NULL)
		return -1;
	if (bind_row(s, t, row) == 0)
		ret = stmt_step(s);
	stmt_close(s);
	return ret;
}

int
db_insert(const struct db_table *t, void *row)
{
	int64_t id;

	if (write_row(t, STMT_INSERT, row) == -1)
		return -1;
	id = sqlite3_last_insert_rowid(db_handle());
	memcpy(member(row, &t->columns[0]), &id, sizeof(id));
	return 0;
}

int
db_save(const struct db_table *t, const void *row)
{
	return write_row(t, STMT_SAVE, row);
}

int
db_find(const struct db_table *t, void *row, const char *rest,
    const char *types, ...)
{
	struct stmt *s;
	va_list ap;
	int ret;

	memset(row, 0, t->size);
	if ((s = stmt_open(t, STMT_SELECT, rest)) == NULL)
		return -1;
	va_start(ap, types);
	ret = stmt_bind(s, types, ap);
	va_end(ap);
	if (ret == 0 && (ret = stmt_step(s)) == 1 && read_row(s, t, row) == -1)
		ret = -1;
	stmt_close(s);
	return ret;
}

int
db_each(const struct db_table *t, int (*f)(void *, void *), void *arg,
    const char *rest, const char *types, ...)
{
	struct stmt *s;
	void *row;
	va_list ap;
	int ret;

	if ((row = malloc(t->size)) == NULL ||
	    (s = stmt_open(t, STMT_SELECT, rest)) == NULL) {
		free(row);
		return -1;
	}
	va_start(ap, types);
	ret = stmt_bind(s, types, ap);
	va_end(ap);
	while (ret == 0 && (ret = stmt_step(s)) == 1) {
		if ((ret = read_row(s, t, row)) == 0) {
			ret = f(row, arg);
			db_free(t, row);
		}
	}
	stmt_close(s);
	free(row);
	return ret;
}

/* Free what a row points to, and zero it. */
void
db_free(const struct db_table *t, void *row)
{
	struct schema_list *l;
	void *p;
	size_t i, k;

	for (i = 0; i < t->len; i++) {
		p = member(row, &t->columns[i]);
		if (t->columns[i].type == DB_TEXT)
			free(*(char **)p);
		if (t->columns[i].type != DB_LIST)
			continue;
		l = p;
		for (k = 0; k < l->len; k++)
			free(((char **)l->items)[k]);
		free(l->items);
	}
	memset(row, 0, t->size);
}

int
db_exec(const char *sql, const char *types, ...)
{
	struct stmt *s;
	va_list ap;
	int ret;

	if ((s = stmt_open(NULL, STMT_PLAIN, sql)) == NULL)
		return -1;
	va_start(ap, types);
	ret = stmt_bind(s, types, ap);
	va_end(ap);
	while (ret == 0 && (ret = stmt_step(s)) == 1)
		ret = 0;
	stmt_close(s);
	return ret;
}

/* One number, 0 when there is no row or it is NULL. */
int
db_number(int64_t *n, const char *sql, const char *types, ...)
{
	struct stmt *s;
	va_list ap;
	int ret;

	*n = 0;
	if ((s = stmt_open(NULL, STMT_PLAIN, sql)) == NULL)
		return -1;
	va_start(ap, types);
	ret = stmt_bind(s, types, ap);
	va_end(ap);
	if (ret == 0 && (ret = stmt_step(s)) == 1)
		*n = sqlite3_column_int64(stmt_raw(s), 0);
	stmt_close(s);
	return ret == -1 ? -1 : 0;
}
