/*
 * The project file: which key of which table sets which field of a project,
 * and in what words people may write the value.  Errors name line and
 * column.  The result is the canonical document of spec_file.h.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "projectfile.h"
#include "schema.h"
#include "spec_file.h"
#include "toml.h"
#include "utf8.h"
#include "words.h"

enum form {
	FORM_PLAIN,
	FORM_COMMAND,  /* a string for the shell, or an argv */
	FORM_SIZE,     /* 512m, 2g, or bytes */
	FORM_CPUS,     /* 0.5 */
	FORM_DURATION, /* 90s, 30m, 2h, or seconds */
	FORM_HEALTH    /* a path, or "tcp", "running", "image" */
};

#define PERSON_ONLY 0x1
#define IS_MEMORY 0x2

#define MEMORY_MIN (6L * 1024 * 1024) /* the engine refuses less */

static const struct key {
	const char *table;
	const char *name;
	const char *field; /* NULL: more than one, see FORM_HEALTH */
	enum form form;
	int flags;
} keys[] = {
	{ "project", "name", "name", FORM_PLAIN, 0 },
	{ "project", "repo", "repo", FORM_PLAIN, 0 },
	{ "project", "branch", "branch", FORM_PLAIN, 0 },
	{ "project", "path_filter", "path_filter", FORM_PLAIN, 0 },
	{ "project", "working_directory", "working_directory", FORM_PLAIN, 0 },
	{ "project", "supersede", "supersede", FORM_PLAIN, PERSON_ONLY },
	{ "project", "priority", "priority", FORM_PLAIN, PERSON_ONLY },
	{ "build", "type", "build_type", FORM_PLAIN, 0 },
	{ "build", "image", "build_image", FORM_PLAIN, 0 },
	{ "build", "command", "build_command", FORM_COMMAND, 0 },
	{ "build", "cache_type", "cache_type", FORM_PLAIN, 0 },
	{ "build", "cache_paths", "cache_paths", FORM_PLAIN, 0 },
	{ "build", "network", "network", FORM_PLAIN, 0 },
	{ "build", "timeout", "build_timeout", FORM_DURATION, 0 },
	{ "build.limits", "memory", "build_memory", FORM_SIZE, IS_MEMORY },
	{ "build.limits", "cpus", "build_nano_cpus", FORM_CPUS, 0 },
	{ "build.limits", "pids", "build_pids", FORM_PLAIN, 0 },
	{ "build.limits", "log", "build_log", FORM_SIZE, 0 },
	{ "deploy", "image", "runtime_image", FORM_PLAIN, 0 },
	{ "deploy", "command", "runtime_command", FORM_COMMAND, 0 },
	{ "deploy", "port", "runtime_port", FORM_PLAIN, 0 },
	{ "deploy", "health_check", NULL, FORM_HEALTH, 0 },
	{ "deploy", "health_check_status", "health_check_status", FORM_PLAIN,
	    0 },
	{ "deploy", "health_check_timeout", "health_check_timeout",
	    FORM_DURATION, 0 },
	{ "deploy", "health_check_interval", "health_check_interval",
	    FORM_DURATION, 0 },
	{ "deploy", "health_check_retries", "health_check_retries", FORM_PLAIN,
	    0 },
	{ "deploy", "stay_up", "health_stay_up", FORM_DURATION, 0 },
	{ "deploy", "read_only", "read_only", FORM_PLAIN, 0 },
	{ "deploy", "promote", "promote", FORM_PLAIN, PERSON_ONLY },
	{ "deploy.limits", "memory", "memory", FORM_SIZE, IS_MEMORY },
	{ "deploy.limits", "cpus", "nano_cpus", FORM_CPUS, 0 },
	{ "deploy.limits", "pids", "pids", FORM_PLAIN, 0 },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

/* Keys that people expect here, but that only the database decides (S10). */
static const char *const forbidden[] = { "credential", "credentials", "domain",
	"domains", "host", "hosts", "protected", "protection", "registries",
	"secret", "secrets", "token", "volume", "volumes", NULL };

struct reading {
	const char *name; /* of the file */
	enum projectfile_from from;
	struct projectfile_error *error;
	struct json_object *out;
	struct json_object *at[KEYS]; /* where each key's value stands */
};

/* Returns -1 with the error filled in; at NULL is the file as a whole. */
static int __attribute__((__format__(printf, 3, 4)))
refuse(struct reading *r, struct json_object *at, const char *fmt, ...)
{
	char raw[512], text[sizeof(raw)];
	uint32_t line = 0, column = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	utf8_clean(text, sizeof(text), raw, strlen(raw));
	if (at != NULL)
		toml_place(at, &line, &column);
	if (line == 0)
		snprintf(r->error->text, sizeof(r->error->text), "%.100s: %s",
		    r->name, text);
	else
		snprintf(r->error->text, sizeof(r->error->text),
		    "%.100s:%" PRIu32 ":%" PRIu32 ": %s", r->name, line, column,
		    text);
	return -1;
}

static int
refuse_forbidden(struct reading *r, struct json_object *at, const char *key)
{
	refuse(r, at,
	    "\"%s\" is not for the repository's file; set it on the project",
	    key);
	r->error->is_forbidden = 1;
	return -1;
}

static int
is_forbidden(const char *key)
{
	size_t i;

	for (i = 0; forbidden[i] != NULL; i++) {
		if (strcmp(forbidden[i], key) == 0)
			return 1;
	}
	return 0;
}

static int
put(struct reading *r, const char *field, struct json_object *v)
{
	if (v != NULL && json_object_object_add(r->out, field, v) == 0)
		return 0;
	json_object_put(v);
	return refuse(r, NULL, "out of memory");
}

static int
put_command(struct reading *r, const struct key *k, struct json_object *v)
{
	struct json_object *argv;
	const char *s;

	if (!json_object_is_type(v, json_type_string))
		return put(r, k->field, json_object_get(v));
	s = json_object_get_string(v);
	if (s[strspn(s, " \t\r\n")] == '\0')
		return refuse(r, v, "%s is empty", k->name);
	if ((argv = json_object_new_array()) == NULL)
		return refuse(r, NULL, "out of memory");
	json_object_array_add(argv, json_object_new_string("/bin/sh"));
	json_object_array_add(argv, json_object_new_string("-c"));
	json_object_array_add(argv, json_object_get(v));
	return put(r, k->field, argv);
}

static int
put_number(struct reading *r, const struct key *k, struct json_object *v)
{
	const char *s, *why;
	int64_t n;

	if (json_object_is_type(v, json_type_string)) {
		s = json_object_get_string(v);
		if ((k->form == FORM_SIZE ? words_size(s, &n, &why)
					  : words_duration(s, &n, &why)) == -1)
			return refuse(r, v, "%s %s", k->name, why);
	} else if (json_object_is_type(v, json_type_int)) {
		n = json_object_get_int64(v);
	} else {
		return put(r, k->field, json_object_get(v));
	}
	/* Bytes: who writes 512 meant something else. */
	if ((k->flags & IS_MEMORY) && n > 0 && n < MEMORY_MIN)
		return refuse(r, v, "%s is below \"6m\", the least there is",
		    k->name);
	return put(r, k->field, json_object_new_int64(n));
}

static int
put_cpus(struct reading *r, const struct key *k, struct json_object *v)
{
	double d;

	if (!json_object_is_type(v, json_type_int) &&
	    !json_object_is_type(v, json_type_double))
		return refuse(r, v, "%s must be a number such as 0.5", k->name);
	d = json_object_get_double(v);
	if (d < 0.01 || d > 1024)
		return refuse(r, v, "%s must be from 0.01 to 1024", k->name);
	return put(r, k->field, json_object_new_int64((int64_t)(d * 1e9)));
}

static int
put_health(struct reading *r, const struct key *k, struct json_object *v)
{
	const char *s;

	if (!json_object_is_type(v, json_type_string))
		return refuse(r, v, "%s must be a string", k->name);
	s = json_object_get_string(v);
	if (s[0] != '/')
		return put(r, "health_kind", json_object_get(v));
	if (put(r, "health_kind", json_object_new_string("http")) == -1)
		return -1;
	return put(r, "health_check_url", json_object_get(v));
}

static int
put_value(struct reading *r, const struct key *k, struct json_object *v)
{
	switch (k->form) {
	case FORM_COMMAND:
		return put_command(r, k, v);
	case FORM_SIZE:
	case FORM_DURATION:
		return put_number(r, k, v);
	case FORM_CPUS:
		return put_cpus(r, k, v);
	case FORM_HEALTH:
		return put_health(r, k, v);
	case FORM_PLAIN:
		break;
	}
	return put(r, k->field, json_object_get(v));
}

static int
read_key(struct reading *r, const char *table, const char *name,
    struct json_object *v)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].table, table) == 0 &&
		    strcmp(keys[i].name, name) == 0)
			break;
	}
	if (i == KEYS && r->from == PROJECTFILE_REPOSITORY &&
	    is_forbidden(name))
		return refuse_forbidden(r, v, name);
	if (i == KEYS)
		return refuse(r, v, "unknown key \"%s\" in [%s]", name, table);
	if (r->from == PROJECTFILE_REPOSITORY && keys[i].flags & PERSON_ONLY)
		return refuse_forbidden(r, v, name);
	r->at[i] = v;
	return put_value(r, &keys[i], v);
}

static int
read_table(struct reading *r, const char *table, struct json_object *t)
{
	struct json_object_iter it;
	char sub[32];

	if (!json_object_is_type(t, json_type_object))
		return refuse(r, t, "%s must be a table: [%s]", table, table);
	json_object_object_foreachC(t, it)
	{
		if (strcmp(it.key, "limits") == 0 &&
		    (strcmp(table, "build") == 0 ||
			strcmp(table, "deploy") == 0)) {
			snprintf(sub, sizeof(sub), "%s.limits", table);
			if (read_table(r, sub, it.val) == -1)
				return -1;
		} else if (read_key(r, table, it.key, it.val) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
read_document(struct reading *r, struct json_object *doc)
{
	static const char *const tables[] = { "project", "build", "deploy" };
	struct json_object_iter it;
	size_t i;

	json_object_object_foreachC(doc, it)
	{
		for (i = 0; i < 3 && strcmp(it.key, tables[i]) != 0; i++)
			;
		if (strcmp(it.key, "env") == 0) {
			if (put(r, "env", json_object_get(it.val)) == -1)
				return -1;
		} else if (i < 3) {
			if (read_table(r, tables[i], it.val) == -1)
				return -1;
		} else if (r->from == PROJECTFILE_REPOSITORY &&
		    is_forbidden(it.key)) {
			return refuse_forbidden(r, it.val, it.key);
		} else {
			return refuse(r, it.val, "unknown %s \"%s\"",
			    json_object_is_type(it.val, json_type_object)
				? "table"
				: "key",
			    it.key);
		}
	}
	return 0;
}

/* Say in the file's own words what the schema found wrong. */
static int
refuse_field(struct reading *r, struct json_object *doc,
    const struct schema_error *e)
{
	struct json_object *at = NULL, *v;
	size_t i, len = strcspn(e->field, ".[");

	for (i = 0; i < KEYS; i++) {
		if (r->at[i] != NULL && keys[i].field != NULL &&
		    strlen(keys[i].field) == len &&
		    strncmp(keys[i].field, e->field, len) == 0)
			return refuse(r, r->at[i], "%s%s %s", keys[i].name,
			    e->field + len, e->reason);
		if (r->at[i] != NULL && keys[i].form == FORM_HEALTH &&
		    strncmp(e->field, "health_", 7) == 0)
			at = r->at[i];
	}
	if (at != NULL)
		return refuse(r, at,
		    "health_check must be a path, \"tcp\", \"running\" or "
		    "\"image\"");
	if (json_object_object_get_ex(doc, "env", &at) &&
	    e->field[len] == '.' &&
	    json_object_object_get_ex(at, e->field + len + 1, &v))
		at = v;
	return refuse(r, at, "%s %s", e->field, e->reason);
}

static int
check(struct reading *r, struct json_object *doc)
{
	struct schema_error e;
	struct spec_file file;

	if (schema_read(&spec_file_schema, r->out, &file, NULL, &e) == -1)
		return refuse_field(r, doc, &e);
	schema_free(&spec_file_schema, &file);
	return 0;
}

/* The same fields, in the order of the table.  NULL: out of memory. */
static struct json_object *
in_order(struct json_object *from)
{
	const struct schema_field *f = spec_file_schema.fields;
	struct json_object *to, *v;
	size_t i;

	if ((to = json_object_new_object()) == NULL)
		return NULL;
	for (i = 0; i < spec_file_schema.fields_len; i++) {
		if (json_object_object_get_ex(from, f[i].name, &v))
			json_object_object_add(to, f[i].name,
			    json_object_get(v));
	}
	return to;
}

/*
 * Read a project file called name.  Returns the canonical document, for the
 * caller to json_object_put(), or NULL with *e filled in.
 */
struct json_object *
projectfile_parse(const char *name, const char *text, size_t len,
    enum projectfile_from from, struct projectfile_error *e)
{
	struct json_object *doc, *ret = NULL;
	struct reading r;
	struct toml_error te;

	memset(&r, 0, sizeof(r));
	memset(e, 0, sizeof(*e));
	r.name = name;
	r.from = from;
	r.error = e;
	if ((doc = toml_parse(text, len, &te)) == NULL) {
		snprintf(e->text, sizeof(e->text),
		    "%.100s:%" PRIu32 ":%" PRIu32 ": %s", name, te.line,
		    te.column, te.text);
		return NULL;
	}
	if ((r.out = json_object_new_object()) == NULL)
		refuse(&r, NULL, "out of memory");
	else if (read_document(&r, doc) == 0 && check(&r, doc) == 0)
		ret = in_order(r.out);
	json_object_put(doc);
	json_object_put(r.out);
	return ret;
}
