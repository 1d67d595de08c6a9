/*
 * Decides what a verified delivery starts and records both in one
 * transaction.
 */

#include <bsd/string.h>
#include <json-c/json_object.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "db.h"
#include "db_build.h"
#include "db_delivery.h"
#include "db_hook.h"
#include "db_project.h"
#include "event.h"
#include "github.h"
#include "inbox.h"
#include "inbox_match.h"
#include "log.h"
#include "match.h"
#include "push.h"
#include "reason.h"
#include "run.h"

/* One delivery on its way through. */
struct inbox {
	const struct inbox_in *in;
	struct inbox_out *out;
	struct delivery row;
	struct push push;
	const char *json; /* the payload in in->body, once it was read */
	size_t json_len;
	struct candidates all;
	struct json_object *builds;
	struct json_object *skipped;
	char why[GITHUB_WHY_MAX]; /* of PAYLOAD_INVALID */
};

static int
add_string(struct json_object *o, const char *name, const char *s)
{
	return json_object_object_add(o, name, json_object_new_string(s));
}

/* The whole answer as text; consumes data. */
static char *
print_answer(int ok, struct json_object *data)
{
	struct json_object *o = json_object_new_object();
	char *text;

	json_object_object_add(o, "success", json_object_new_boolean(ok));
	json_object_object_add(o, ok ? "data" : "error", data);
	text = strdup(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return text;
}

static char *
print_error(const struct inbox *x)
{
	struct json_object *details, *e = json_object_new_object();

	add_string(e, "code", reason_code((uint32_t)x->row.reason));
	add_string(e, "message", reason_sentence((uint32_t)x->row.reason));
	if (x->why[0] != '\0') {
		details = json_object_new_object();
		add_string(details, "reason", x->why);
		json_object_object_add(e, "details", details);
	}
	return print_answer(0, e);
}

static char *
print_data(struct inbox *x)
{
	struct json_object *d = json_object_new_object();

	json_object_object_add(d, "delivery_id",
	    json_object_new_int64(x->row.id));
	add_string(d, "decision", decision_names[x->row.decision]);
	add_string(d, "reason", reason_code((uint32_t)x->row.reason));
	add_string(d, "message", reason_sentence((uint32_t)x->row.reason));
	json_object_object_add(d, "builds", json_object_get(x->builds));
	json_object_object_add(d, "skipped", json_object_get(x->skipped));
	return print_answer(1, d);
}

static void
fill_row(struct inbox *x)
{
	const struct inbox_in *in = x->in;
	struct delivery *d = &x->row;

	d->hook_id = in->hook->id;
	strlcpy(d->forge_delivery, in->forge_delivery,
	    sizeof(d->forge_delivery));
	EVP_Digest(in->body, in->len, d->digest, NULL, EVP_sha256(), NULL);
	strlcpy(d->event, in->event, sizeof(d->event));
	d->size = (int64_t)in->len;
	strlcpy(d->address, in->address, sizeof(d->address));
	d->received_ms = (int64_t)clock_wall_ms();
}

static void
decide(struct inbox *x, int status, enum decision decision, enum reason why)
{
	x->row.status = status;
	x->row.decision = (int)decision;
	x->row.reason = (int)why;
}

/* What the lists show of a push. */
static void
note_push(struct inbox *x)
{
	strlcpy(x->row.repository, x->push.repo, sizeof(x->row.repository));
	strlcpy(x->row.branch, x->push.branch, sizeof(x->row.branch));
	strlcpy(x->row.commit, x->push.after, sizeof(x->row.commit));
}

/* The bytes are kept when they are JSON and not huge. */
static int
add_row(struct inbox *x)
{
	x->row.headers = strdup(x->in->headers);
	if (x->json != NULL && x->json_len <= INBOX_BODY_KEPT)
		x->row.body = strndup(x->json, x->json_len);
	return db_delivery_add(&x->row);
}

static int
read_push(struct inbox *x)
{
	size_t len = x->in->len;
	char *json = x->in->body;

	if (x->in->is_form &&
	    github_unform(x->in->body, x->in->len, &json, &len) == -1) {
		strlcpy(x->why, "the form holds no payload", sizeof(x->why));
		return -1;
	}
	if (github_read(json, len, &x->push, x->why) == -1)
		return -1;
	x->json = json;
	x->json_len = len;
	note_push(x);
	return 0;
}

static void
list_skipped(struct inbox *x, const struct candidate *c, enum reason why)
{
	struct json_object *o = json_object_new_object();

	add_string(o, "project", c->project);
	add_string(o, "environment", c->environment);
	add_string(o, "reason", reason_code(why));
	json_object_array_add(x->skipped, o);
}

static void
list_build(struct inbox *x, const struct candidate *c, const struct build *b)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "build_id", json_object_new_int64(b->id));
	json_object_object_add(o, "build_number",
	    b->number == 0 ? NULL : json_object_new_int64(b->number));
	add_string(o, "project", c->project);
	add_string(o, "environment", c->environment);
	add_string(o, "decision", b->is_pending ? "pending" : "build");
	json_object_array_add(x->builds, o);
}

static int
add_build(struct inbox *x, const struct candidate *c, int is_pending)
{
	const struct push *p = &x->push;
	struct build b;

	memset(&b, 0, sizeof(b));
	b.project_id = (int64_t)c->match.project_id;
	b.environment_id = (int64_t)c->match.env_id;
	b.attempt = 1;
	b.source = BUILD_FROM_WEBHOOK;
	snprintf(b.created_by, sizeof(b.created_by), "push to %.100s", p->repo);
	b.priority = c->priority;
	b.is_pending = is_pending;
	strlcpy(b.branch, p->branch, sizeof(b.branch));
	strlcpy(b.commit, p->after, sizeof(b.commit));
	/* What was pushed over is not what this rests on. */
	if (!p->forced)
		strlcpy(b.base, p->before, sizeof(b.base));
	strlcpy(b.author, p->author, sizeof(b.author));
	strlcpy(b.email, p->email, sizeof(b.email));
	strlcpy(b.subject, p->subject, sizeof(b.subject));
	if (db_build_add(&b) == -1 ||
	    db_delivery_add_build(x->row.id, b.id) == -1)
		return -1;
	if (c->match.repo_id == 0 &&
	    db_project_set_forge_id(b.project_id, (int64_t)p->repo_id) == -1)
		return -1;
	list_build(x, c, &b);
	event_build_status(&b, BUILD_STATE_QUEUED);
	return 0;
}

static int
add_builds(struct inbox *x, const struct match_result *r)
{
	size_t i;

	for (i = 0; i < x->all.len; i++) {
		if (r[i].verdict == MATCH_NOT)
			list_skipped(x, &x->all.items[i], r[i].reason);
		else if (add_build(x, &x->all.items[i],
			     r[i].verdict == MATCH_PENDING) == -1)
			return -1;
	}
	return 0;
}

static enum decision
sum_up(const struct match_result *r, size_t len)
{
	enum decision d = DECISION_PENDING;
	size_t i;

	for (i = 0; i < len; i++) {
		if (r[i].verdict == MATCH_BUILD)
			d = DECISION_ACCEPTED;
	}
	return d;
}

/* Judge the push and write all that follows from it. */
static int
take_push(struct inbox *x)
{
	struct match_result r[CANDIDATES_MAX];
	enum reason why;

	if (candidates_load(x->in->hook->id, &x->all) == -1)
		return -1;
	why = candidates_judge(&x->all, &x->push, r);
	if (why == REASON_REPOSITORY_UNKNOWN)
		decide(x, 404, DECISION_REFUSED, why);
	else if (why != REASON_NONE)
		decide(x, 200, DECISION_SKIPPED, why);
	else
		decide(x, 202, sum_up(r, x->all.len), why);
	if (add_row(x) == -1)
		return -1;
	return x->row.status == 404 ? 0 : add_builds(x, r);
}

/* Write the delivery, and what it starts. */
static int
take_event(struct inbox *x)
{
	switch (github_event_find(x->in->event)) {
	case GITHUB_PING:
		decide(x, 200, DECISION_SKIPPED, REASON_PING);
		break;
	case GITHUB_OTHER:
		decide(x, 200, DECISION_SKIPPED, REASON_EVENT_IGNORED);
		break;
	case GITHUB_PUSH:
		if (read_push(x) == 0)
			return take_push(x);
		decide(x, 400, DECISION_REFUSED, REASON_PAYLOAD_INVALID);
		break;
	}
	return add_row(x);
}

static int
record(struct inbox *x)
{
	if (take_event(x) == -1)
		return -1;
	x->row.answer = x->row.status < 300 ? print_data(x) : print_error(x);
	if (x->row.answer == NULL || db_save(&delivery_table, &x->row) == -1)
		return -1;
	x->out->status = (int)x->row.status;
	x->out->json = strdup(x->row.answer);
	return x->out->json == NULL ? -1 : 0;
}

/* Returns 1 when the delivery was answered before, 0 when not, or -1. */
static int
repeat_answer(struct inbox *x)
{
	struct delivery before;
	int seen;

	seen = db_delivery_seen(x->row.hook_id, x->row.forge_delivery,
	    x->row.digest, &before);
	if (seen != 1)
		return seen;
	x->out->status = 200;
	x->out->json = strdup(before.answer == NULL ? "" : before.answer);
	db_delivery_free(&before);
	return x->out->json == NULL ? -1 : 1;
}

/*
 * Take one delivery: decide, write it and its builds, say the answer, which
 * may leave when the turn is committed.  Returns 0, or -1 after logging.
 */
int
inbox_take(const struct inbox_in *in, struct inbox_out *out)
{
	struct inbox x = { .in = in, .out = out };
	int begun = 0, ret = -1, seen;

	x.builds = json_object_new_array();
	x.skipped = json_object_new_array();
	fill_row(&x);
	if ((seen = repeat_answer(&x)) != 0) {
		ret = seen == 1 ? 0 : -1;
		goto done;
	}
	if (db_begin() == -1)
		goto done;
	begun = 1;
	if (record(&x) == -1)
		goto done;
	begun = 0;
	if (db_commit() == -1)
		goto done;
	queue_kick();
	ret = 0;
done:
	if (begun)
		db_rollback();
	if (ret == -1)
		log_warnx("hook %lld: delivery %s not taken",
		    (long long)in->hook->id, in->forge_delivery);
	candidates_free(&x.all);
	push_free(&x.push);
	db_delivery_free(&x.row);
	json_object_put(x.builds);
	json_object_put(x.skipped);
	return ret;
}
