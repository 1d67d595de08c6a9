/*
 * Checks the health of one release: tries over HTTP or TCP until one is fine
 * or the time is over, waits that it stays up, or follows the image's own
 * HEALTHCHECK.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/event.h>

#include "clock.h"
#include "health.h"
#include "health_time.h"
#include "log.h"
#include "probe.h"
#include "spec_release.h"
#include "timer.h"

/* For what a rule leaves open (R23). */
#define RETRIES 10
#define INTERVAL_MS 5000
#define TIMEOUT_MS 30000
#define STAY_UP_MS 5000

/* The engine judges by the image's own times, and surely does. */
#define IMAGE_MS 600000

/* As cid-builder reports it. */
#define IMAGE_NONE 0
#define IMAGE_STARTING 1
#define IMAGE_HEALTHY 2

struct health {
	struct event_base *base;
	struct event *timer;
	struct probe *probe;
	const struct health_ops *ops;
	void *arg;
	struct spec_health rule;
	struct probe_target target;
	char host[PROBE_HOST_MAX];
	uint64_t start_ms;
	uint64_t budget_ms;
	uint64_t due_ms;   /* when the last try was to begin, since start_ms */
	uint64_t tried_ms; /* when it did */
	uint32_t attempt;
	uint32_t attempts_max;
	uint32_t healthcheck;
};

static void begin_try(struct health *);

static uint64_t
elapsed(const struct health *h)
{
	return clock_ms() - h->start_ms;
}

static void
tell(struct health *h, int is_ok, uint32_t status, const char *text)
{
	struct health_result r;

	r.attempt = h->attempt;
	r.attempts_max = h->attempts_max;
	r.is_ok = is_ok;
	r.status = status;
	r.time_ms = (uint32_t)(elapsed(h) - h->tried_ms);
	r.text = text;
	h->ops->tried(h->arg, &r);
}

/* h is the owner's to free in here, and gone afterwards. */
static void
give_up(struct health *h, const char *last)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "The health check failed %u %s in %llu s; last: %s.",
	    (unsigned int)h->attempt, h->attempt == 1 ? "time" : "times",
	    (unsigned long long)((elapsed(h) + 500) / 1000), last);
	h->ops->ended(h->arg, 0, text);
}

/* The probe is done and frees itself. */
static void
on_probed(void *arg, const struct probe_result *res)
{
	struct health *h = arg;
	uint64_t ms, now = elapsed(h);

	h->probe = NULL;
	tell(h, res->is_ok, res->status, res->text);
	if (res->is_ok) {
		h->ops->ended(h->arg, 1, "");
		return;
	}
	if (health_next(h->attempt, (uint32_t)h->rule.interval_ms, h->budget_ms,
		h->due_ms, now, &ms) == -1) {
		give_up(h, res->text);
		return;
	}
	h->due_ms = now + ms;
	timer_set(h->timer, ms);
}

static void
begin_try(struct health *h)
{
	uint64_t now = elapsed(h);

	h->attempt++;
	h->tried_ms = now;
	h->target.timeout_ms =
	    health_timeout((uint64_t)h->rule.timeout_ms, h->budget_ms, now);
	h->target.knock_ms = health_knock(h->attempt,
	    (uint32_t)h->rule.interval_ms, h->target.timeout_ms);
	h->probe = probe_start(h->base, &h->target, on_probed, h);
}

/* The verdict of a check that takes one long look. */
static void
judge_once(struct health *h, int is_ok, const char *why)
{
	h->attempt = 1;
	tell(h, is_ok, 0, is_ok ? "" : why);
	if (is_ok)
		h->ops->ended(h->arg, 1, "");
	else
		give_up(h, why);
}

static void
judge_image(struct health *h)
{
	switch (h->healthcheck) {
	case IMAGE_NONE:
		judge_once(h, 0, "the image has no HEALTHCHECK");
		break;
	case IMAGE_STARTING:
		if (elapsed(h) >= h->budget_ms)
			judge_once(h, 0, "the image's HEALTHCHECK never ended");
		else
			timer_set(h->timer, h->budget_ms - elapsed(h));
		break;
	case IMAGE_HEALTHY:
		judge_once(h, 1, "");
		break;
	default:
		judge_once(h, 0, "the image's HEALTHCHECK says unhealthy");
		break;
	}
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct health *h = arg;

	(void)fd;
	(void)what;
	switch (h->rule.kind) {
	case HEALTH_RUNNING:
		/* It ended? Then its end was seen, and we were freed. */
		if (elapsed(h) < h->budget_ms)
			timer_set(h->timer, h->budget_ms - elapsed(h));
		else
			judge_once(h, 1, "");
		break;
	case HEALTH_IMAGE:
		judge_image(h);
		break;
	default:
		begin_try(h);
		break;
	}
}

static void
fill_in(struct spec_health *r)
{
	if (r->retries <= 0)
		r->retries = RETRIES;
	if (r->interval_ms <= 0)
		r->interval_ms = INTERVAL_MS;
	if (r->timeout_ms <= 0)
		r->timeout_ms = TIMEOUT_MS;
	if (r->stay_up_ms <= 0)
		r->stay_up_ms = STAY_UP_MS;
	if (r->path[0] == '\0')
		strlcpy(r->path, "/", sizeof(r->path));
}

static void
set_budget(struct health *h)
{
	uint64_t all = (uint64_t)(h->rule.retries * h->rule.interval_ms);

	h->attempts_max = 1;
	switch (h->rule.kind) {
	case HEALTH_RUNNING:
		h->budget_ms = (uint64_t)h->rule.stay_up_ms;
		break;
	case HEALTH_IMAGE:
		h->budget_ms = all > IMAGE_MS ? all : IMAGE_MS;
		break;
	default:
		h->budget_ms = all;
		h->attempts_max =
		    health_attempts(all, (uint32_t)h->rule.interval_ms);
		break;
	}
}

/*
 * Begin to check; the first call back comes from the loop.  Does not return
 * without memory.
 */
struct health *
health_start(struct event_base *base, const struct health_target *t,
    const struct health_ops *ops, void *arg)
{
	struct health *h;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		fatal("health check");
	h->timer = timer_new(base, on_timer, h);
	h->base = base;
	h->ops = ops;
	h->arg = arg;
	h->rule = *t->rule;
	fill_in(&h->rule);
	h->healthcheck = t->healthcheck;
	h->target.addr = t->addr;
	h->target.port = t->port;
	h->target.is_http = h->rule.kind == HEALTH_HTTP;
	h->target.path = h->rule.path;
	h->target.status = (uint32_t)h->rule.status;
	if (t->host != NULL)
		strlcpy(h->host, t->host, sizeof(h->host));
	h->target.host = h->host;
	h->start_ms = clock_ms();
	set_budget(h);
	timer_set(h->timer, h->rule.kind == HEALTH_RUNNING ? h->budget_ms : 0);
	return h;
}

/* What the engine says of the image's own HEALTHCHECK now. */
void
health_seen(struct health *h, uint32_t healthcheck)
{
	if (h->healthcheck == healthcheck)
		return;
	h->healthcheck = healthcheck;
	if (h->rule.kind == HEALTH_IMAGE)
		timer_set(h->timer, 0);
}

/* Stop at once, whatever is under way.  NULL is allowed. */
void
health_free(struct health *h)
{
	if (h == NULL)
		return;
	probe_free(h->probe);
	event_free(h->timer);
	free(h);
}
