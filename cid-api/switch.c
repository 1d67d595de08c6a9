/*
 * What cid-deployer reports of releases, and what follows.  Each fact may
 * come more than once, and late: the rows say whether it still matters.
 */

#include <bsd/string.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buildlog.h"
#include "clock.h"
#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "deploy.h"
#include "ending.h"
#include "event.h"
#include "grace.h"
#include "log.h"
#include "msg_conf.h"
#include "release.h"
#include "removal.h"
#include "resync.h"
#include "site.h"
#include "slots.h"
#include "spec_release.h"
#include "stages.h"
#include "switch.h"
#include "view.h"
#include "want.h"

static int64_t
now_ms(void)
{
	return (int64_t)clock_wall_ms();
}

/* The site and the slot that a fact is about; -1 when that is over. */
static int
find_slot(const struct msg_release *m, struct site *s, struct slot_row **slot)
{
	resync_watch();
	if (site_load((int64_t)m->env_id, s) == 0 &&
	    (*slot = site_release(s, m->release_id)) != NULL)
		return 0;
	log_debug("release %" PRIu64 ": no slot has it", m->release_id);
	site_free(s);
	return -1;
}

/* Change one time of a release's row. */
static int
note_on_release(int64_t id, size_t member)
{
	struct release_row row;
	int64_t *at;
	int ret = 0;

	if (db_release_get(id, &row) != 1)
		return -1;
	at = (int64_t *)(void *)((char *)&row + member);
	if (*at == 0) {
		*at = now_ms();
		ret = db_release_save(&row);
	}
	db_release_free(&row);
	return ret;
}

static enum reason
release_build(struct site *s, struct build *b)
{
	struct release_row row;
	int slot = slots_target(s->slots);
	enum reason r;

	if (!conf_get()->firewall)
		return REASON_NO_FIREWALL;
	if (release_drained_by(&s->slots[slot]) > now_ms()) {
		buildlog_say(b,
		    "Waits until slot %s has answered the last "
		    "requests of its release before.",
		    slot_names[slot]);
		grace_look();
		return REASON_NONE;
	}
	r = release_of_build(s, b, slot, RELEASE_OF_BUILD, b->created_by, &row);
	if (r != REASON_NONE)
		return r;
	r = deploy_begin(s, &row, b);
	db_release_free(&row);
	return r;
}

void
switch_build(struct build *b)
{
	enum reason r = REASON_INTERNAL;
	struct site s;

	if (site_load(b->environment_id, &s) == 0)
		r = release_build(&s, b);
	site_free(&s);
	if (r != REASON_NONE)
		build_finish(b, r, "");
}

/* environment 0: any */
static int
wake_build(void *row, void *arg)
{
	struct build *b = row;
	const int64_t *environment_id = arg;

	if (b->state == BUILD_STATE_DEPLOYING && b->slot[0] == '\0' &&
	    (*environment_id == 0 || b->environment_id == *environment_id))
		switch_build(b);
	return 0;
}

void
switch_wake(int64_t environment_id)
{
	db_build_each_running(wake_build, &environment_id);
}

void
switch_deployer_up(struct peer *p)
{
	(void)p;
	view_clear();
	switch_wake(0);
	want_tell_all(RECONCILE_NORMAL);
}

void
switch_deployer_down(struct peer *p)
{
	(void)p;
	view_clear();
	want_stop();
}

int
release_reconcile(enum reconcile_mode mode)
{
	return want_tell_all(mode);
}

static void
say_started(const struct slot_row *slot, struct msg_tail text)
{
	struct build b;

	if (!deploy_build_of(slot, &b))
		return;
	if (stages_began(&b, STAGE_RELEASE) != 0) {
		stages_mark(&b, STAGE_RELEASE, STAGE_ENDED, 0, now_ms());
		stages_mark(&b, STAGE_HEALTH, STAGE_BEGAN, 0, now_ms());
		buildlog_say(&b, "Slot %s: %.*s", b.slot, (int)text.len,
		    text.data);
	}
	db_build_free(&b);
}

void
switch_started(const struct msg_release *m, struct msg_tail text)
{
	struct slot_row *slot;
	struct site s;

	if (find_slot(m, &s, &slot) == -1)
		return;
	note_on_release(slot->release_id,
	    offsetof(struct release_row, started_ms));
	if (slot->state == SLOT_DEPLOYED) {
		view_health(s.env.id, slot->slot, VIEW_CHECKING);
		say_started(slot, text);
	}
	site_free(&s);
}

static void
say_try(const struct build *b, const struct msg_release_try *m,
    struct msg_tail text)
{
	char status[32] = "";

	if (m->http_status != 0)
		snprintf(status, sizeof(status), "HTTP %u ", m->http_status);
	buildlog_say(b, "Health check %u of %u: %s, %safter %u ms%s%.*s",
	    m->attempt, m->attempts_max, m->ok ? "passed" : "failed", status,
	    m->time_ms, text.len > 0 ? ": " : "", (int)text.len, text.data);
}

void
switch_try(const struct msg_release_try *m, struct msg_tail text)
{
	char url[RELEASE_URL_MAX];
	struct slot_row *slot;
	struct build b;
	struct site s;

	if (find_slot(&m->release, &s, &slot) == -1)
		return;
	if (deploy_build_of(slot, &b)) {
		say_try(&b, m, text);
		db_build_free(&b);
	}
	release_check_url(&s, slot, url);
	event_health_check(m, url);
	site_free(&s);
}

/* A release waits for a person only when it came from a push or trigger. */
static int
waits_for_promote(const struct site *s, const struct slot_row *slot)
{
	struct release_row row;
	int is_build;

	if (s->project.promote != PROMOTE_MANUAL ||
	    db_release_get(slot->release_id, &row) != 1)
		return 0;
	is_build = row.kind == RELEASE_OF_BUILD;
	db_release_free(&row);
	return is_build;
}

/* Healthy and left deployed until somebody promotes it (R22). */
static void
leave_deployed(struct slot_row *slot)
{
	struct build b;

	if (!deploy_build_of(slot, &b))
		return;
	build_finish(&b, REASON_NONE,
	    "deployed and healthy, not promoted yet.");
	event_deployment(&b, "Success", slot->slot);
	db_build_free(&b);
}

static void
end_health(const struct slot_row *slot)
{
	struct build b;

	if (!deploy_build_of(slot, &b))
		return;
	stages_mark(&b, STAGE_HEALTH, STAGE_ENDED, 0, now_ms());
	db_build_free(&b);
}

static int
note_healthy(struct slot_row *slot)
{
	if (slot->is_healthy)
		return 0;
	slot->is_healthy = 1;
	if (note_on_release(slot->release_id,
		offsetof(struct release_row, healthy_ms)) == -1)
		return -1;
	end_health(slot);
	return db_slot_save(slot);
}

void
switch_healthy(const struct msg_release *m)
{
	struct slot_row *slot;
	struct site s;

	if (find_slot(m, &s, &slot) == -1)
		return;
	view_health(s.env.id, slot->slot, VIEW_HEALTHY);
	if (slot->state == SLOT_DEPLOYED) {
		if (note_healthy(slot) == -1)
			log_warnx("%s: slot %s can't be noted healthy",
			    s.project.name, slot_names[slot->slot]);
		else if (waits_for_promote(&s, slot))
			leave_deployed(slot);
		else
			deploy_switch(&s, slot, REASON_DISPLACED);
	}
	site_free(&s);
}

void
switch_failed(const struct msg_release *m, struct msg_tail text)
{
	char why[512];
	struct slot_row *slot;
	struct site s;

	if (find_slot(m, &s, &slot) == -1)
		return;
	ending_more(why, sizeof(why), (enum reason)m->reason, text);
	view_health(s.env.id, slot->slot, VIEW_FAILED);
	log_info("%s: slot %s: %s %s", s.project.name, slot_names[slot->slot],
	    reason_code(m->reason), why);
	if (slot->state == SLOT_DEPLOYED)
		deploy_fail(&s, slot, (enum reason)m->reason, why);
	else
		event_error(reason_code(m->reason), why, (int64_t)m->build_id,
		    s.project.id);
	site_free(&s);
}

void
switch_switched(const struct msg_release *m)
{
	struct slot_row *slot;
	struct site s;

	if (find_slot(m, &s, &slot) == -1)
		return;
	if (slot->state == SLOT_ACTIVE)
		deploy_done(&s, slot);
	site_free(&s);
}

void
switch_drained(const struct msg_release *m)
{
	struct release_row row;
	struct slot_row *slot;
	struct site s;

	if (find_slot(m, &s, &slot) == -1)
		return;
	if (slot->state == SLOT_GRACE &&
	    db_release_get(slot->release_id, &row) == 1) {
		if (row.drained_ms == 0) {
			row.drained_ms = now_ms();
			row.requests_cut = m->count;
			db_release_save(&row);
		}
		db_release_free(&row);
		grace_look();
		switch_wake(s.env.id);
	}
	site_free(&s);
}

/* Keep what changed of a container, so that it is known after a restart. */
static void
keep_container(struct slot_row *slot, const struct msg_container *m,
    const char *id)
{
	int64_t port = m->published != 0 ? m->published : slot->port;

	if (strcmp(slot->container, id) == 0 && slot->port == port)
		return;
	strlcpy(slot->container, id, sizeof(slot->container));
	slot->port = port;
	db_slot_save(slot);
}

void
switch_is(const struct msg_container *m, struct msg_tail tail)
{
	struct slot_row *slot;
	struct site s;
	char id[72];

	snprintf(id, sizeof(id), "%.*s", (int)tail.len, tail.data);
	if (!view_set(m, id))
		return;
	event_container_status(m, id);
	if (m->release_id == 0 || site_load((int64_t)m->env_id, &s) == -1)
		return;
	if ((slot = site_release(&s, m->release_id)) != NULL)
		keep_container(slot, m, id);
	site_free(&s);
}

void
switch_reconciled(const struct msg_reconciled *m, struct msg_tail text)
{
	if (m->started + m->stopped + m->removed + m->routed + m->unknown != 0)
		log_info("reconciled: %u started, %u stopped, %u removed, "
			 "%u routed, %u unknown%s%.*s",
		    m->started, m->stopped, m->removed, m->routed, m->unknown,
		    text.len > 0 ? ": " : "", (int)text.len, text.data);
	if (m->unknown != 0)
		event_error(reason_code(REASON_UNKNOWN_CONTAINERS),
		    reason_sentence(REASON_UNKNOWN_CONTAINERS), 0, 0);
}

static int
tell_env(void *row, void *arg)
{
	const struct environment *e = row;

	(void)arg;
	want_tell(e->id);
	return 0;
}

void
project_changed(const struct project *p)
{
	db_env_each_of(p->id, tell_env, NULL);
}

void
switch_loop(struct event_base *base)
{
	resync_loop(base);
	want_loop(base);
	grace_loop(base);
	removal_begin();
}
