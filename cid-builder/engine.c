/*
 * Whether there is an engine: finds out which API version to speak, listens
 * to its events, and comes back to it when it went away.
 */

#include <stdio.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <event2/event.h>

#include "answer.h"
#include "child.h"
#include "conf.h"
#include "docker.h"
#include "docker_lines.h"
#include "engine.h"
#include "json.h"
#include "log.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "peer.h"
#include "reason.h"

#define API_OLDEST 40 /* 1.40 */
#define API_NEWEST 47
#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS 500
#define ASK_TIMEOUT_S 20

static const struct engine_ops *ops;
static struct event *retry;
static unsigned int retry_ms = RETRY_FIRST_MS;
static struct docker_req *asking;
static struct docker_req *events;
static struct docker_lines lines;
static int is_up;
static int live_restore;	/* of the engine that is there */
static int live_restore_before; /* of the one before it */
static char product[128];
static enum reason reason = REASON_ENGINE_DOWN;

static void ask_version(void);

int
engine_is_up(void)
{
	return is_up;
}

/* Say whether containers run on while the engine is being restarted. */
int
engine_kept_containers(void)
{
	return live_restore && live_restore_before;
}

/* Tell the API how it stands, when that changed or the API is new. */
void
engine_tell(void)
{
	struct msg_engine m;

	memset(&m, 0, sizeof(m));
	m.up = (uint32_t)is_up;
	m.reason = reason;
	peer_send_tail(child_peer(PROC_API, 0), MSG_ENGINE_STATE, &m, sizeof(m),
	    product, strlen(product));
}

static void
try_later(void)
{
	struct timeval tv = { retry_ms / 1000, retry_ms % 1000 * 1000L };

	event_add(retry, &tv);
	if ((retry_ms *= 2) > RETRY_LAST_MS)
		retry_ms = RETRY_LAST_MS;
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	if (asking == NULL && events == NULL)
		ask_version();
}

/* The engine is not usable: say so once, and look again later. */
static void
give_up(enum reason why)
{
	int changed = reason != why;

	docker_cancel(asking);
	docker_cancel(events);
	asking = events = NULL;
	docker_lines_free(&lines);
	docker_close_idle();
	reason = why;
	if (is_up) {
		is_up = 0;
		log_warnx("the engine went away");
		ops->down();
		changed = 1;
	}
	if (changed)
		engine_tell();
	try_later();
}

static void
on_event(void *arg, struct json_object *o)
{
	struct answer_event e;

	(void)arg;
	if (answer_event(o, conf()->instance, &e) == 0)
		ops->event(&e);
}

static void
on_events(void *arg, const char *data, size_t len)
{
	(void)arg;
	docker_lines(&lines, data, len, on_event, NULL);
}

/* Events are coming: from now on nothing that happens is missed. */
static void
on_events_began(void *arg)
{
	(void)arg;
	is_up = 1;
	retry_ms = RETRY_FIRST_MS;
	reason = live_restore ? REASON_NONE : REASON_ENGINE_NO_LIVE_RESTORE;
	log_info("engine: %s", product);
	engine_tell();
	ops->up();
}

static void
on_events_done(void *arg, const struct docker_answer *a)
{
	(void)arg;
	events = NULL;
	if (a->error == DOCKER_OK && a->status >= 300)
		log_warnx("engine: events: status %d", a->status);
	give_up(REASON_ENGINE_DOWN);
}

static const struct docker_ops events_ops = { .done = on_events_done,
	.began = on_events_began,
	.data = on_events };

static void
listen_to_events(void)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_EVENTS);
	char filters[256];

	snprintf(filters, sizeof(filters),
	    "{\"type\":[\"container\"],\"label\":[\"cid.instance=%s\"]}",
	    conf()->instance);
	ask.b = filters;
	ask.timeout_s = 0;
	events = docker_start(&ask, &events_ops, NULL);
}

static int
is_good(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status == 200;
}

static void
on_info(void *arg, const struct docker_answer *a)
{
	struct json_object *o;

	(void)arg;
	asking = NULL;
	if (!is_good(a)) {
		give_up(REASON_ENGINE_DOWN);
		return;
	}
	o = json_read(a->body, a->len);
	live_restore_before = live_restore;
	live_restore = json_flag(o, "LiveRestoreEnabled");
	json_free(o);
	listen_to_events();
}

static const struct docker_ops info_ops = { .done = on_info };

static void
ask_info(void)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_INFO);

	ask.timeout_s = ASK_TIMEOUT_S;
	asking = docker_start(&ask, &info_ops, NULL);
}

/* The minor number of "1.41", or -1. */
static int
minor_of(struct json_object *o, const char *field)
{
	const char *s = json_text(o, field), *err;
	long long n;

	if (strncmp(s, "1.", 2) != 0)
		return -1;
	n = strtonum(s + 2, 0, 999, &err);
	return err == NULL ? (int)n : -1;
}

/*
 * Speak the newest version that both know; only an engine that speaks none
 * of ours is refused.
 */
static int
choose_version(struct json_object *o)
{
	int newest = minor_of(o, "ApiVersion");
	int oldest = minor_of(o, "MinAPIVersion");
	int use = newest < API_NEWEST ? newest : API_NEWEST;
	char version[16];

	json_copy(o, "Version", version, sizeof(version));
	snprintf(product, sizeof(product), "Docker %s, API 1.%d", version, use);
	if (use < API_OLDEST || use < oldest)
		return -1;
	snprintf(version, sizeof(version), "1.%d", use);
	docker_set_version(version);
	return 0;
}

static void
on_version(void *arg, const struct docker_answer *a)
{
	struct json_object *o;
	int ok;

	(void)arg;
	asking = NULL;
	if (!is_good(a)) {
		give_up(REASON_ENGINE_DOWN);
		return;
	}
	o = json_read(a->body, a->len);
	ok = choose_version(o) == 0;
	json_free(o);
	if (ok) {
		ask_info();
		return;
	}
	if (reason != REASON_ENGINE_TOO_OLD)
		log_warnx("engine: %s: cid can't use it", product);
	give_up(REASON_ENGINE_TOO_OLD);
}

static const struct docker_ops version_ops = { .done = on_version };

static void
ask_version(void)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_VERSION);

	docker_set_version("");
	ask.timeout_s = ASK_TIMEOUT_S;
	asking = docker_start(&ask, &version_ops, NULL);
}

/* A connection broke: unless that is being looked into, do so. */
void
engine_lost(void)
{
	if (is_up)
		give_up(REASON_ENGINE_DOWN);
}

/* Begin to look for the engine.  engine_ops stay the caller's. */
void
engine_init(struct event_base *base, const struct engine_ops *engine_ops)
{
	struct timeval now = { 0, 0 };

	ops = engine_ops;
	docker_init(base, conf()->docker, engine_lost);
	retry = event_new(base, -1, 0, on_retry, NULL);
	if (retry == NULL || event_add(retry, &now) == -1)
		fatal("engine");
}
