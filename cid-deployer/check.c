/*
 * Whether a release may have visitors: has its health checked, and when that
 * fails finds out why, with cid-builder's help, before it is told.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "addr.h"
#include "check.h"
#include "child.h"
#include "conf.h"
#include "env.h"
#include "health.h"
#include "log.h"
#include "msg_conf.h"
#include "peer.h"
#include "ports.h"
#include "reason.h"
#include "release.h"
#include "report.h"
#include "timer.h"

#define AUTOPSY_MS 5000 /* cid-builder's time to answer CONTAINER_TAIL */

struct check {
	struct env *env;
	uint32_t slot;
	struct health *health; /* NULL: it failed, the reason is looked for */
	struct event *timer;   /* of the answer */
	uint32_t reason;
	char text[ENV_TEXT_MAX];
};

static struct event_base *base;

void
check_init(struct event_base *b)
{
	base = b;
}

static struct check *
check_new(struct env *e, uint32_t slot)
{
	struct check *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		fatal("check");
	c->env = e;
	c->slot = slot;
	e->slots[slot].work.check = c;
	return c;
}

/* Stop what is under way, without a verdict. */
void
check_end(struct env *e, uint32_t slot)
{
	struct check *c = e->slots[slot].work.check;

	if (c == NULL)
		return;
	e->slots[slot].work.check = NULL;
	health_free(c->health);
	if (c->timer != NULL)
		event_free(c->timer);
	free(c);
}

static void
set_failed(struct env *e, uint32_t slot, uint32_t reason, const char *text)
{
	struct env_work *w = &e->slots[slot].work;

	w->is_failed = 1;
	w->is_healthy = 0;
	w->reason = reason < REASON_MAX ? (enum reason)reason : REASON_INTERNAL;
	snprintf(w->text, sizeof(w->text), "%s", text);
	w->told &= ~(unsigned int)REC_FAILED;
	check_end(e, slot);
	release_kick(e);
}

static void
conclude(struct check *c)
{
	set_failed(c->env, c->slot, c->reason, c->text);
}

static void
on_overdue(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conclude(arg);
}

static void
release_of(const struct env *e, uint32_t slot, struct msg_release *r)
{
	const struct env_want *want = &e->slots[slot].want;

	memset(r, 0, sizeof(*r));
	r->env_id = e->env_id;
	r->project_id = e->project_id;
	r->release_id = want->release_id;
	r->build_id = want->build_id;
	r->slot = slot;
	r->number = want->number;
}

/* The end of the container's log goes to the build's before it is told. */
static void
ask_builder(struct check *c)
{
	struct msg_release r;

	release_of(c->env, c->slot, &r);
	c->timer = timer_new(base, on_overdue, c);
	timer_set(c->timer, AUTOPSY_MS);
	if (peer_send(child_peer(PROC_BUILDER, 0), MSG_CONTAINER_TAIL, &r,
		sizeof(r)) == -1)
		conclude(c);
}

/*
 * A release failed in its container: keep the end of its log, then tell.
 * text is the sentence for people.
 */
void
check_autopsy(struct env *e, uint32_t slot, uint32_t reason, const char *text)
{
	struct check *c;

	check_end(e, slot);
	c = check_new(e, slot);
	c->reason = reason;
	snprintf(c->text, sizeof(c->text), "%s", text);
	ask_builder(c);
}

/* A release failed before it had a container to look into. */
void
check_fail(struct env *e, uint32_t slot, uint32_t reason, struct msg_tail tail)
{
	char text[ENV_TEXT_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)tail.len, tail.data);
	set_failed(e, slot, reason, text);
}

/* CONTAINER_PORTS: the log is kept, and this is where the app listens. */
void
check_ports(const struct msg_release *r, struct msg_tail tail)
{
	struct env *e = env_find(r->env_id);
	const struct env_want *want;
	struct check *c;

	if (e == NULL || r->slot >= SLOTS)
		return;
	want = &e->slots[r->slot].want;
	c = e->slots[r->slot].work.check;
	if (c == NULL || c->health != NULL || want->release_id != r->release_id)
		return;
	if (c->reason == REASON_UNHEALTHY &&
	    (want->health.kind == HEALTH_HTTP ||
		want->health.kind == HEALTH_TCP) &&
	    ports_elsewhere(tail.data, tail.len, want->port, c->text,
		sizeof(c->text)))
		c->reason = REASON_WRONG_PORT;
	conclude(c);
}

static void
on_tried(void *arg, const struct health_result *res)
{
	struct check *c = arg;
	struct msg_release_try t;

	memset(&t, 0, sizeof(t));
	release_of(c->env, c->slot, &t.release);
	t.attempt = res->attempt;
	t.attempts_max = res->attempts_max;
	t.ok = (uint32_t)res->is_ok;
	t.http_status = res->status;
	t.time_ms = res->time_ms;
	report_try(&t, res->text);
}

static void
on_ended(void *arg, int is_ok, const char *text)
{
	struct check *c = arg;
	struct env *e = c->env;
	uint32_t slot = c->slot;
	struct env_work *w = &e->slots[slot].work;

	if (!is_ok) {
		log_info("%s: unhealthy: %s", env_name(e, slot), text);
		check_autopsy(e, slot, REASON_UNHEALTHY, text);
		return;
	}
	check_end(e, slot);
	/* In grace, or chosen already, a slot is past this step. */
	slot_next(w->at.state, SLOT_HEALTHY, &w->at.state);
	w->is_healthy = 1;
	release_kick(e);
}

static const struct health_ops ops = { on_tried, on_ended };

/* Begin to check the health of the release that runs in a slot. */
void
check_begin(struct env *e, uint32_t slot)
{
	const struct env_slot *s = &e->slots[slot];
	struct health_target t;
	struct check *c;

	memset(&t, 0, sizeof(t));
	t.rule = &s->want.health;
	t.port = (uint16_t)s->want.port;
	t.host = e->hosts_len > 0 ? e->hosts[0] : NULL;
	t.healthcheck = s->seen.is.healthcheck;
	check_end(e, slot);
	c = check_new(e, slot);
	/* Only ever the slot's own address. */
	if (addr_slot(&conf()->pool, e->net, slot, &t.addr) == -1 ||
	    !addr_in_pool(&conf()->pool, t.addr)) {
		set_failed(e, slot, REASON_INTERNAL,
		    "The slot's address is not in the pool.");
		return;
	}
	c->health = health_start(base, &t, &ops, c);
}

/* The image's own HEALTHCHECK says something new. */
void
check_healthcheck(struct env *e, uint32_t slot, uint32_t state)
{
	struct check *c = e->slots[slot].work.check;

	if (c != NULL && c->health != NULL)
		health_seen(c->health, state);
}
