/*
 * What the handlers of all nouns share.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bsd/stdlib.h>
#include <json-c/json.h>

#include "db_env.h"
#include "reason.h"
#include "request_state.h"
#include "rest.h"
#include "schema.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 1000

struct project *
rest_project(const struct request *r)
{
	return r->project;
}

struct build *
rest_build(const struct request *r)
{
	return r->build;
}

struct delivery *
rest_delivery(const struct request *r)
{
	return r->delivery;
}

void *
rest_input(const struct request *r)
{
	return r->input;
}

uint64_t
rest_present(const struct request *r)
{
	return r->present;
}

void
rest_free_input(struct request *r)
{
	schema_free(r->route->body, r->input);
	free(r->input);
	r->input = NULL;
}

static int
page_number(struct request *r, const char *name, int64_t max, int64_t *n)
{
	const char *err, *s = request_query(r, name);

	if (s == NULL)
		return 0;
	*n = strtonum(s, 0, max, &err);
	if (err == NULL)
		return 0;
	rest_invalid(r, name, "is not a number in range");
	return -1;
}

int
rest_page(struct request *r, int64_t *limit, int64_t *offset)
{
	*limit = LIMIT_DEFAULT;
	*offset = 0;
	if (page_number(r, "limit", LIMIT_MAX, limit) == -1)
		return -1;
	return page_number(r, "offset", INT32_MAX, offset);
}

int
rest_environment(struct request *r, const char *name)
{
	struct environment e;
	int found;

	if (name[0] == '\0')
		return 0;
	found = db_env_find(r->project->id, name, &e);
	if (found == -1)
		rest_broken(r);
	else if (found == 0)
		rest_invalid(r, "environment",
		    "is not an environment of the project");
	return found == 1 ? 0 : -1;
}

struct json_object *
rest_list(const char *name, struct json_object *list, int64_t total)
{
	struct json_object *o = json_object_new_object();

	rest_set_int(o, "total", total);
	rest_set(o, name, list);
	return o;
}

void
rest_invalid(struct request *r, const char *field, const char *reason)
{
	struct json_object *details = json_object_new_object();
	char message[512];

	rest_set_text(details, "field", field);
	rest_set_text(details, "reason", reason);
	snprintf(message, sizeof(message), "%s%s%s",
	    field[0] != '\0' ? field : "The request", " ", reason);
	request_refuse(r, 400, "VALIDATION_ERROR", message, details);
}

void
rest_missing(struct request *r, const char *what)
{
	char code[64], message[64];
	size_t i;

	snprintf(code, sizeof(code), "%s_NOT_FOUND", what);
	snprintf(message, sizeof(message), "There is no such %s.", what);
	for (i = sizeof("There is no such ") - 1; message[i] != '\0'; i++) {
		if (message[i] >= 'A' && message[i] <= 'Z')
			message[i] = (char)(message[i] - 'A' + 'a');
	}
	request_refuse(r, 404, code, message, NULL);
}

void
rest_broken(struct request *r)
{
	request_refuse(r, 503, "DATABASE_UNAVAILABLE",
	    "The database could not be used; cid's own log says why.", NULL);
}

void
rest_reason(struct request *r, int status, uint32_t reason)
{
	request_refuse(r, status, reason_code(reason), reason_sentence(reason),
	    NULL);
}

struct json_object *
rest_time(int64_t ms)
{
	char text[40];
	struct tm tm;
	time_t t = (time_t)(ms / 1000);
	size_t n;

	if (ms <= 0 || gmtime_r(&t, &tm) == NULL)
		return NULL;
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%03dZ", (int)(ms % 1000));
	return json_object_new_string(text);
}

void
rest_set(struct json_object *o, const char *name, struct json_object *value)
{
	json_object_object_add(o, name, value);
}

void
rest_set_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name,
	    value == NULL ? NULL : json_object_new_string(value));
}

void
rest_set_int(struct json_object *o, const char *name, int64_t value)
{
	json_object_object_add(o, name, json_object_new_int64(value));
}

void
rest_set_bool(struct json_object *o, const char *name, int value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}
