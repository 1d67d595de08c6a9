/*
 * Receives webhooks.  One HMAC is computed while the body arrives; nothing
 * of it is looked at before the HMAC was right.  An unknown hook costs and
 * answers what a wrong signature does.
 */

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <event2/event.h>
#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "db_hook.h"
#include "hex.h"
#include "hmac.h"
#include "hook.h"
#include "inbox.h"
#include "log.h"
#include "places.h"
#include "reason.h"
#include "refused.h"
#include "request.h"

#define BODY_MAX (25L << 20)
#define BODIES_MAX 8
#define BYTES_MAX ((size_t)64 << 20)
#define WAIT_MS 20000 /* for a place, and then for the body */

/* One delivery whose body is still coming. */
struct arrival {
	TAILQ_ENTRY(arrival) entry;
	struct request *request;
	struct place place;
	struct hook hook;
	int is_known; /* else hook is a made-up one */
	struct hmac *sum;
	unsigned char mac[HMAC_LEN];
	char *body;
	size_t len;
	size_t cap;
	uint64_t deadline_ms;
};

static TAILQ_HEAD(, arrival)
arrivals = TAILQ_HEAD_INITIALIZER(arrivals);
static struct places room;
static struct event *sweeper;
static char nobodys_secret[HOOK_SECRET_MAX];

static const char *
header(const struct request *r, const char *name)
{
	const char *s = request_header(r, name);

	return s == NULL ? "" : s;
}

static void
refuse_because(struct request *r, int status, enum reason why)
{
	request_refuse(r, status, reason_code(why), reason_sentence(why), NULL);
}

static void
arm_sweeper(void)
{
	struct timeval second = { 1, 0 };

	if (!TAILQ_EMPTY(&arrivals) && !evtimer_pending(sweeper, NULL))
		evtimer_add(sweeper, &second);
}

static void
remember_refused(const struct request *r, const struct arrival *a)
{
	struct hook_refused no;

	memset(&no, 0, sizeof(no));
	no.received_ms = (int64_t)clock_wall_ms();
	strlcpy(no.address, request_actor(r)->address, sizeof(no.address));
	strlcpy(no.event, header(r, "X-GitHub-Event"), sizeof(no.event));
	strlcpy(no.forge_delivery, header(r, "X-GitHub-Delivery"),
	    sizeof(no.forge_delivery));
	no.size = request_length(r);
	if (a != NULL) {
		no.head_len =
		    a->len < sizeof(no.head) ? a->len : sizeof(no.head);
		memcpy(no.head, a->body, no.head_len);
	}
	refused_add(&no);
}

/* Unknown hook, missing or wrong signature: nobody can tell which. */
static void
refuse_unverified(struct request *r, const struct arrival *a)
{
	remember_refused(r, a);
	refuse_because(r, 401, REASON_SIGNATURE_INVALID);
}

/* Find the hook by its address, or by ?project=N.  1, 0, or -1. */
static int
find_hook(struct request *r, struct hook *h)
{
	const char *errstr, *id, *project;
	int64_t number;

	if ((id = request_param(r, "hook")) != NULL)
		return db_hook_find(FORGE_GITHUB, id, h);
	if ((project = request_query(r, "project")) == NULL)
		return 0;
	number = strtonum(project, 1, INT64_MAX, &errstr);
	return errstr != NULL ? 0 : db_hook_of_project(number, FORGE_GITHUB, h);
}

static struct arrival *
arrival_new(struct request *r)
{
	struct arrival *a;
	int found;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	if ((found = find_hook(r, &a->hook)) == -1) {
		free(a);
		return NULL;
	}
	a->is_known = found == 1;
	if (!a->is_known)
		strlcpy(a->hook.secret, nobodys_secret, sizeof(a->hook.secret));
	a->request = r;
	a->place.owner = a;
	a->sum = hmac_new(a->hook.secret, strlen(a->hook.secret));
	if (a->sum == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

static int
is_form(const struct request *r)
{
	static const char form[] = "application/x-www-form-urlencoded";

	return strncasecmp(header(r, "Content-Type"), form, sizeof(form) - 1) ==
	    0;
}

static int
is_json(const struct request *r)
{
	static const char json[] = "application/json";

	return strncasecmp(header(r, "Content-Type"), json, sizeof(json) - 1) ==
	    0;
}

/* Answer what can be answered without the body.  Returns 1 when it was. */
static int
answer_head(struct request *r, unsigned char mac[HMAC_LEN])
{
	const char *forge = request_param(r, "forge");

	if (forge == NULL || strcmp(forge, forge_names[FORGE_GITHUB]) != 0) {
		request_refuse(r, 404, "NOT_FOUND",
		    "There is no webhook of this kind.", NULL);
	} else if (request_length(r) < 0) {
		request_refuse(r, 411, "LENGTH_REQUIRED",
		    "A webhook says how long its body is.", NULL);
	} else if (request_length(r) > BODY_MAX) {
		refuse_because(r, 413, REASON_BODY_TOO_LARGE);
	} else if (!is_json(r) && !is_form(r)) {
		request_refuse(r, 415, "UNSUPPORTED_MEDIA_TYPE",
		    "A webhook is JSON or a form.", NULL);
	} else if (hmac_parse(request_header(r, "X-Hub-Signature-256"), mac) ==
	    -1) {
		refuse_unverified(r, NULL);
	} else {
		return 0;
	}
	return 1;
}

static void
hook_begins(struct request *r)
{
	unsigned char mac[HMAC_LEN];
	struct arrival *a;

	if (answer_head(r, mac))
		return;
	if ((a = arrival_new(r)) == NULL) {
		request_refuse(r, 503, reason_code(REASON_INTERNAL),
		    reason_sentence(REASON_INTERNAL), NULL);
		return;
	}
	memcpy(a->mac, mac, sizeof(a->mac));
	a->deadline_ms = clock_ms() + WAIT_MS;
	request_set_data(r, a);
	TAILQ_INSERT_TAIL(&arrivals, a, entry);
	arm_sweeper();
	if (!places_enter(&room, &a->place, (size_t)request_length(r)))
		request_hold(r, 1);
}

/* Make room for n more bytes, never for more than were announced. */
static int
grow_body(struct arrival *a, size_t n)
{
	size_t cap = a->cap == 0 ? 4096 : a->cap;
	char *body;

	if (n > a->place.bytes - a->len)
		return -1;
	while (cap < a->len + n)
		cap *= 2;
	if (cap > a->place.bytes)
		cap = a->place.bytes;
	if (cap == a->cap)
		return 0;
	if ((body = realloc(a->body, cap)) == NULL)
		return -1;
	a->body = body;
	a->cap = cap;
	return 0;
}

static void
hook_bytes(struct request *r, const void *data, size_t len)
{
	struct arrival *a = request_data(r);

	if (a == NULL || request_is_answered(r))
		return;
	if (grow_body(a, len) == -1) {
		refuse_because(r, 413, REASON_BODY_TOO_LARGE);
		return;
	}
	memcpy(a->body + a->len, data, len);
	a->len += len;
	if (hmac_add(a->sum, data, len) == -1)
		request_refuse(r, 503, reason_code(REASON_INTERNAL),
		    reason_sentence(REASON_INTERNAL), NULL);
}

/* What may be kept of the headers: a list of names, so no secret slips in. */
static int
keep_header(const char *name, const char *value, void *arg)
{
	static const char *const names[] = { "Content-Type", "User-Agent",
		"X-GitHub-Delivery", "X-GitHub-Event", "X-GitHub-Hook-ID",
		"X-GitHub-Hook-Installation-Target-ID",
		"X-GitHub-Hook-Installation-Target-Type", "X-Request-Id" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(name, names[i]) == 0)
			json_object_object_add(arg, names[i],
			    json_object_new_string(value));
	}
	return 0;
}

static void
take_delivery(struct request *r, struct arrival *a)
{
	struct json_object *headers = json_object_new_object();
	struct inbox_out out = { 0, NULL };
	struct inbox_in in = { .hook = &a->hook,
		.event = header(r, "X-GitHub-Event"),
		.forge_delivery = header(r, "X-GitHub-Delivery"),
		.address = request_actor(r)->address,
		.body = a->body,
		.len = a->len,
		.is_form = is_form(r) };

	request_each_header(r, keep_header, headers);
	in.headers =
	    json_object_to_json_string_ext(headers, JSON_C_TO_STRING_PLAIN);
	if (inbox_take(&in, &out) == 0)
		request_replay(r, out.status, out.json);
	else
		request_refuse(r, 503, reason_code(REASON_INTERNAL),
		    reason_sentence(REASON_INTERNAL), NULL);
	free(out.json);
	json_object_put(headers);
}

static void
hook_ends(struct request *r)
{
	struct arrival *a = request_data(r);
	int is_right;

	if (a == NULL || request_is_answered(r))
		return;
	is_right = hmac_is(a->sum, a->mac);
	if (is_right && a->is_known)
		take_delivery(r, a);
	else
		refuse_unverified(r, a);
}

/* Whoever waited next may send now. */
static void
fill_places(void)
{
	struct place *p;
	struct arrival *a;

	while ((p = places_next(&room)) != NULL) {
		a = p->owner;
		a->deadline_ms = clock_ms() + WAIT_MS;
		request_hold(a->request, 0);
	}
}

/* Nothing more of it is needed. */
static void
arrival_free(struct arrival *a)
{
	request_set_data(a->request, NULL);
	TAILQ_REMOVE(&arrivals, a, entry);
	places_leave(&room, &a->place);
	hmac_free(a->sum);
	free(a->body);
	explicit_bzero(&a->hook, sizeof(a->hook));
	free(a);
	fill_places();
}

static void
hook_gone(struct request *r)
{
	struct arrival *a = request_data(r);

	if (a != NULL)
		arrival_free(a);
}

/* Too slow: for a place 429, for the body 408. */
static void
give_up(struct arrival *a)
{
	struct request *r = a->request;
	int is_inside = places_inside(&a->place);

	arrival_free(a);
	if (is_inside)
		request_refuse(r, 408, "REQUEST_TIMEOUT",
		    "The body did not come in time.", NULL);
	else
		request_refuse(r, 429, "TOO_MANY_REQUESTS",
		    "Too many deliveries at once; try again.", NULL);
	request_cut(r);
}

static void
sweep(int fd, short what, void *arg)
{
	struct arrival *a, *next;
	uint64_t now = clock_ms();

	(void)fd;
	(void)what;
	(void)arg;
	TAILQ_FOREACH_SAFE(a, &arrivals, entry, next) {
		if (a->deadline_ms <= now)
			give_up(a);
	}
	arm_sweeper();
}

/* Once, before the first request. */
void
hook_loop(struct event_base *base)
{
	uint8_t key[32];

	if ((sweeper = evtimer_new(base, sweep, NULL)) == NULL)
		fatalx("%s: no memory", __func__);
	places_init(&room, BODIES_MAX, BYTES_MAX);
	arc4random_buf(key, sizeof(key));
	hex_encode(nobodys_secret, key, sizeof(key));
}

const struct request_stream hook_stream = {
	.begin = hook_begins,
	.bytes = hook_bytes,
	.end = hook_ends,
	.gone = hook_gone,
};
