/*
 * Answers in the one shape that all have (R50).
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/buffer.h>
#include <json-c/json.h>

#include "answer.h"
#include "idempotency.h"
#include "request_state.h"
#include "rest.h"

#define JSON_FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* kept is what the same request will be told once more. */
static void
finish(struct request *r, int status, const char *type, const char *text,
    size_t len, const char *kept)
{
	r->is_answered = 1;
	r->status = status;
	strlcpy(r->type, type, sizeof(r->type));
	evbuffer_add(r->body, text, len);
	idempotency_store(r, kept);
	http_send(r);
}

static void
send_object(struct request *r, int status, struct json_object *o)
{
	size_t len;
	const char *text;

	text = json_object_to_json_string_length(o, JSON_FLAGS, &len);
	if (text != NULL)
		finish(r, status, "application/json", text, len, text);
	json_object_put(o);
}

void
request_answer(struct request *r, int status, struct json_object *data)
{
	struct json_object *o;

	if (r->is_answered) {
		json_object_put(data);
		return;
	}
	o = json_object_new_object();
	rest_set_bool(o, "success", 1);
	rest_set(o, "data", data);
	send_object(r, status, o);
}

void
request_answer_once(struct request *r, int status, struct json_object *data,
    const char *secret)
{
	struct json_object *shown =
	    json_object_get(json_object_object_get(data, secret));
	struct json_object *o = json_object_new_object();
	const char *text;
	char *kept;

	rest_set_bool(o, "success", 1);
	rest_set(o, "data", data);
	rest_set(data, secret, NULL);
	kept = strdup(json_object_to_json_string_ext(o, JSON_FLAGS));
	rest_set(data, secret, shown);
	text = json_object_to_json_string_ext(o, JSON_FLAGS);
	if (kept == NULL)
		rest_broken(r);
	else if (!r->is_answered)
		finish(r, status, "application/json", text, strlen(text), kept);
	free(kept);
	json_object_put(o);
}

void
request_refuse(struct request *r, int status, const char *code,
    const char *message, struct json_object *details)
{
	struct json_object *o, *error;

	if (r->is_answered) {
		json_object_put(details);
		return;
	}
	o = json_object_new_object();
	error = json_object_new_object();
	rest_set_bool(o, "success", 0);
	rest_set_text(error, "code", code);
	rest_set_text(error, "message", message);
	if (details != NULL)
		rest_set(error, "details", details);
	rest_set(o, "error", error);
	send_object(r, status, o);
}

void
request_replay(struct request *r, int status, const char *json)
{
	if (!r->is_answered)
		finish(r, status, "application/json", json, strlen(json), json);
}

/* Any other kind of answer, such as metrics. */
void
answer_text(struct request *r, int status, const char *type, const char *text,
    size_t len)
{
	if (!r->is_answered)
		finish(r, status, type, text, len, text);
}
