/*
 * The one door: every request passes here before any handler sees it.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <event2/buffer.h>
#include <json-c/json.h>

#include "auth.h"
#include "db_project.h"
#include "door.h"
#include "idempotency.h"
#include "log.h"
#include "request_state.h"
#include "rest.h"
#include "schema.h"

#define BODY_MAX (1024 * 1024)
#define STREAM_MAX (25 * 1024 * 1024)

static void
refuse_and_close(struct request *r, int status, const char *code,
    const char *message)
{
	r->must_close = 1;
	request_refuse(r, status, code, message, NULL);
}

/* The shape of the request, whoever sent it. */
static int
check_frame(struct request *r, const struct door_knock *k)
{
	int64_t max;

	if (strlen(k->path) + (k->query != NULL ? strlen(k->query) + 1 : 0) >
	    REQUEST_URI_MAX) {
		refuse_and_close(r, 414, "URI_TOO_LONG",
		    "The address of the request is too long.");
		return -1;
	}
	if (request_header(r, "Transfer-Encoding") != NULL) {
		refuse_and_close(r, 411, "LENGTH_REQUIRED",
		    "Send the body with a Content-Length.");
		return -1;
	}
	if (r->route != NULL && r->route->least == ROLE_NONE &&
	    r->route->stream == NULL && request_length(r) > 0) {
		refuse_and_close(r, 413, "BODY_TOO_LARGE",
		    "A request without a key has no body here.");
		return -1;
	}
	max = r->route != NULL && r->route->stream != NULL ? STREAM_MAX
							   : BODY_MAX;
	if (request_length(r) > max) {
		refuse_and_close(r, 413, "BODY_TOO_LARGE",
		    r->route != NULL && r->route->stream != NULL
			? "The payload is larger than 25 MB."
			: "The body is larger than 1 MB.");
		return -1;
	}
	return 0;
}

static int
find_route(struct request *r, const struct door_knock *k)
{
	struct route_match m;

	route_find(routes, routes_len, k->method, k->path, &m);
	r->route = m.route;
	if (check_frame(r, k) == -1)
		return -1;
	if (m.route == NULL && m.allow[0] == '\0') {
		request_refuse(r, 404, "NOT_FOUND",
		    "There is nothing at this path.", NULL);
		return -1;
	}
	if (m.route == NULL) {
		request_add_header(r, "Allow", m.allow);
		request_refuse(r, 405, "METHOD_NOT_ALLOWED",
		    "This path does not take this method.", NULL);
		return -1;
	}
	if (request_set_params(r, &m) == -1) {
		request_refuse(r, 404, "NOT_FOUND",
		    "There is nothing at this path.", NULL);
		return -1;
	}
	return 0;
}

static const char *
key_of(const struct request *r)
{
	const char *s = request_header(r, "Authorization");

	if (s == NULL)
		return request_header(r, "X-API-Key");
	if (strncasecmp(s, "Bearer ", 7) != 0)
		return "";
	return s + 7 + strspn(s + 7, " ");
}

/* Forwarded headers count only where the admin worker speaks. */
static int
identify(struct request *r, const struct door_knock *k)
{
	if (r->listener == LISTENER_CTL) {
		auth_local(&r->actor, k->uid);
		return AUTH_OK;
	}
	return auth_key(&r->actor, key_of(r), request_header(r, "X-Real-IP"));
}

static int
authorize(struct request *r, const struct door_knock *k)
{
	int v;

	if ((v = identify(r, k)) == -1) {
		rest_broken(r);
		return -1;
	}
	if (v == AUTH_OK || r->route->least == ROLE_NONE)
		v = (int)auth_judge(&r->actor, r->route);
	switch (v) {
	case AUTH_OK:
		return 0;
	case AUTH_NOT_ENOUGH:
		request_refuse(r, 403, "FORBIDDEN",
		    "This key's role does not allow that.", NULL);
		return -1;
	default:
		request_add_header(r, "WWW-Authenticate", "Bearer");
		request_refuse(r, 401, "UNAUTHORIZED",
		    v == AUTH_NO_KEY ? "This needs an API key."
				     : "The API key is not valid.",
		    NULL);
		return -1;
	}
}

static int
read_query(struct request *r, const struct door_knock *k)
{
	size_t i;

	if (k->query != NULL && request_set_query(r, k->query) == -1) {
		rest_invalid(r, "query", "is not well-formed");
		return -1;
	}
	for (i = 0; i < r->query_len; i++) {
		if (route_takes(r->route, r->query[i].name))
			continue;
		rest_invalid(r, r->query[i].name, "is not a known parameter");
		return -1;
	}
	return 0;
}

/* What the actor may not know of answers like what is not there (S12). */
static int
keep_reachable(struct request *r, int found, const char *what)
{
	if (found == 1)
		found = auth_reaches(&r->actor, r->project);
	if (found == -1)
		rest_broken(r);
	else if (found == 0)
		rest_missing(r, what);
	return found == 1 ? 0 : -1;
}

static int
find_project(struct request *r)
{
	if ((r->project = calloc(1, sizeof(*r->project))) == NULL) {
		rest_broken(r);
		return -1;
	}
	return keep_reachable(r,
	    db_project_lookup(request_param(r, "project"), r->project),
	    "PROJECT");
}

static int
find_build(struct request *r)
{
	const char *err;
	int64_t id;
	int found;

	r->build = calloc(1, sizeof(*r->build));
	r->project = calloc(1, sizeof(*r->project));
	if (r->build == NULL || r->project == NULL) {
		rest_broken(r);
		return -1;
	}
	id = strtonum(request_param(r, "build"), 1, INT64_MAX, &err);
	found = err != NULL ? 0 : db_build_get(id, r->build);
	if (found == 1)
		found = db_project_get(r->build->project_id, r->project);
	if (found == 1 && r->project->deleting_ms != 0)
		found = 0;
	return keep_reachable(r, found, "BUILD");
}

static int
find_delivery(struct request *r)
{
	const char *err;
	int64_t id;
	int found;

	if ((r->delivery = calloc(1, sizeof(*r->delivery))) == NULL) {
		rest_broken(r);
		return -1;
	}
	id = strtonum(request_param(r, "delivery"), 1, INT64_MAX, &err);
	found = err != NULL ? 0 : db_delivery_get(id, r->delivery);
	if (found == 1)
		found = auth_reaches_delivery(&r->actor, r->delivery);
	if (found == -1)
		rest_broken(r);
	else if (found == 0)
		rest_missing(r, "DELIVERY");
	return found == 1 ? 0 : -1;
}

static int
find_object(struct request *r)
{
	switch (r->route->object) {
	case ROUTE_PROJECT:
		return find_project(r);
	case ROUTE_BUILD:
		return find_build(r);
	case ROUTE_DELIVERY:
		return find_delivery(r);
	case ROUTE_PLAIN:
		break;
	}
	return 0;
}

void
door_open(struct request *r, const struct door_knock *k)
{
	if (find_route(r, k) == -1 || authorize(r, k) == -1 ||
	    read_query(r, k) == -1 || find_object(r) == -1)
		return;
	if (r->route->stream != NULL) {
		r->has_begun = 1;
		r->route->stream->begin(r);
	}
}

static int
is_json(const struct request *r)
{
	static const char json[] = "application/json";
	const char *s = request_header(r, "Content-Type");

	if (s == NULL || strncasecmp(s, json, sizeof(json) - 1) != 0)
		return 0;
	s += sizeof(json) - 1;
	s += strspn(s, " \t");
	return *s == '\0' || *s == ';';
}

/* A route without a schema takes {} or nothing. */
static const struct schema nothing = { "the request", NULL, 0, 0 };

static int
read_input(struct request *r, const char *text, size_t len)
{
	const struct schema *s = r->route->body;
	struct schema_error e;
	struct json_object *o;
	char none;
	int ret = -1;

	memset(&e, 0, sizeof(e));
	if ((o = schema_json(text, len, &e)) == NULL) {
		rest_invalid(r, e.field, e.reason);
		return -1;
	}
	if (r->route->prepare != NULL)
		r->route->prepare(o);
	if (s != NULL && (r->input = calloc(1, s->size)) == NULL)
		rest_broken(r);
	else if ((ret = schema_read(s != NULL ? s : &nothing, o,
		      s != NULL ? r->input : &none, &r->present, &e)) == -1)
		rest_invalid(r, e.field, e.reason);
	json_object_put(o);
	return ret;
}

void
door_handle(struct request *r, struct evbuffer *body)
{
	size_t len = evbuffer_get_length(body);
	const char *text = len > 0 ? (char *)evbuffer_pullup(body, -1) : "";

	if (len > 0 && !is_json(r)) {
		request_refuse(r, 415, "UNSUPPORTED_MEDIA_TYPE",
		    "Send JSON, with Content-Type: application/json.", NULL);
		return;
	}
	if (idempotency_check(r, text, len) != 0)
		return;
	if (len == 0 && r->route->body != NULL) {
		text = "{}";
		len = 2;
	}
	if (len > 0 && read_input(r, text, len) == -1)
		return;
	evbuffer_drain(body, evbuffer_get_length(body));
	r->route->handle(r);
}
