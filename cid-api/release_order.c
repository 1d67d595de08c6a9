/*
 * What people ask of releases: back to an earlier one, the same again, stop,
 * promote.  Each is written first, then told to cid-deployer.
 */

#include <inttypes.h>
#include <string.h>

#include "child.h"
#include "clock.h"
#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "deploy.h"
#include "event.h"
#include "grace.h"
#include "log.h"
#include "msg_conf.h"
#include "peer.h"
#include "release.h"
#include "request.h"
#include "site.h"
#include "slots.h"
#include "switch.h"
#include "want.h"

static void
show(const struct site *s, const struct slot_row *slot, const char *status)
{
	struct release_row row;
	struct build b;

	if (db_release_get(slot->release_id, &row) != 1)
		return;
	if (db_build_get(row.build_id, &b) == 1) {
		event_deployment(&b, status, slot->slot);
		db_build_free(&b);
	}
	db_release_free(&row);
	(void)s;
}

/* The slot that is the way back: in grace, the newest. */
static struct slot_row *
find_grace(struct site *s)
{
	struct slot_row *blue = &s->slots[SLOT_BLUE];
	struct slot_row *green = &s->slots[SLOT_GREEN];

	if (blue->state != SLOT_GRACE)
		return green->state == SLOT_GRACE ? green : NULL;
	if (green->state != SLOT_GRACE)
		return blue;
	return blue->since_ms > green->since_ms ? blue : green;
}

/* Make a release like an old one and have it started in the free slot. */
static enum reason
repeat_release(struct site *s, const struct release_row *old,
    const struct actor *who)
{
	int slot = slots_target(s->slots);
	struct release_row row;
	enum reason r;

	if (release_drained_by(&s->slots[slot]) > (int64_t)clock_wall_ms())
		return REASON_SLOT_REFUSED;
	r = release_of_release(s, old, slot, who->name, &row);
	if (r != REASON_NONE)
		return r;
	r = deploy_begin(s, &row, NULL);
	db_release_free(&row);
	return r;
}

/* The slot in grace takes the visitors back: at once when it still runs. */
static enum reason
go_back(struct site *s, struct slot_row *grace, const struct actor *who)
{
	struct release_row row;
	enum reason r;

	if (grace->is_warm) {
		r = deploy_switch(s, grace, REASON_ROLLED_BACK);
		if (r == REASON_NONE)
			show(s, grace, "RolledBack");
		return r;
	}
	if (db_release_get(grace->release_id, &row) != 1)
		return REASON_INTERNAL;
	r = repeat_release(s, &row, who);
	db_release_free(&row);
	return r;
}

/* To a build that succeeded once, as it was released then. */
static enum reason
go_to_build(struct site *s, int64_t build_id, const struct actor *who)
{
	struct slot_row *grace = find_grace(s), *active = site_active(s);
	struct release_row row;
	enum reason r;

	if (db_release_of_build(s->env.id, build_id, &row) != 1)
		return REASON_NOTHING_TO_ROLL_BACK;
	if (row.switched_ms == 0 ||
	    (active != NULL && active->release_id == row.id))
		r = REASON_NOTHING_TO_ROLL_BACK;
	else if (grace != NULL && grace->release_id == row.id)
		r = go_back(s, grace, who);
	else
		r = repeat_release(s, &row, who);
	db_release_free(&row);
	return r;
}

struct search {
	int64_t not_build; /* what is active now */
	int64_t build_id;
};

/* Newest first: the first that had visitors before. */
static int
find_before(void *row, void *arg)
{
	const struct release_row *r = row;
	struct search *want = arg;

	if (r->switched_ms == 0 || r->build_id == want->not_build)
		return 0;
	want->build_id = r->build_id;
	return 1;
}

static int64_t
build_before(struct site *s)
{
	struct slot_row *active = site_active(s);
	struct search want = { 0, 0 };
	struct release_row row;

	if (active != NULL && db_release_get(active->release_id, &row) == 1) {
		want.not_build = row.build_id;
		db_release_free(&row);
	}
	db_release_each(s->env.id, find_before, &want);
	return want.build_id;
}

static enum reason
roll_back(struct site *s, int64_t build_id, const struct actor *who)
{
	struct slot_row *grace = find_grace(s);

	if (!conf_get()->firewall)
		return REASON_NO_FIREWALL;
	if (build_id != 0)
		return go_to_build(s, build_id, who);
	if (grace != NULL)
		return go_back(s, grace, who);
	if ((build_id = build_before(s)) == 0)
		return REASON_NOTHING_TO_ROLL_BACK;
	return go_to_build(s, build_id, who);
}

enum reason
release_rollback(const struct project *p, const char *environment,
    int64_t build_id, const struct actor *who)
{
	enum reason r;
	struct site s;

	if (site_find(p, environment, &s) == -1)
		return REASON_NOTHING_TO_ROLL_BACK;
	r = roll_back(&s, build_id, who);
	if (r == REASON_NONE)
		log_info("%s: %s rolled back by %s", p->name, s.env.name,
		    who->name);
	site_free(&s);
	return r;
}

/* It does not run, though it should: start it in its place. */
static enum reason
retry(const struct site *s, const struct slot_row *slot)
{
	struct msg_env m;

	memset(&m, 0, sizeof(m));
	m.env_id = (uint64_t)s->env.id;
	m.project_id = (uint64_t)s->project.id;
	m.net = (uint32_t)s->env.net;
	m.slot = (uint32_t)slot->slot;
	m.release_id = (uint64_t)slot->release_id;
	if (peer_send(child_peer(PROC_DEPLOYER, 0), MSG_RELEASE_RETRY, &m,
		sizeof(m)) == -1)
		return REASON_INTERNAL;
	return REASON_NONE;
}

/* What visitors have once more, beside it, with the newest variables. */
static enum reason
renew(struct site *s, const struct slot_row *active, const struct actor *who)
{
	int slot = slots_target(s->slots);
	struct release_row old, row;
	enum reason r = REASON_INTERNAL;
	struct build b;

	if (release_drained_by(&s->slots[slot]) > (int64_t)clock_wall_ms())
		return REASON_SLOT_REFUSED;
	if (db_release_get(active->release_id, &old) != 1)
		return r;
	if (db_build_get(old.build_id, &b) == 1) {
		r = release_of_build(s, &b, slot, RELEASE_ROLLBACK, who->name,
		    &row);
		db_build_free(&b);
	}
	db_release_free(&old);
	if (r != REASON_NONE)
		return r;
	r = deploy_begin(s, &row, NULL);
	db_release_free(&row);
	return r;
}

static enum reason
restart(struct site *s, const struct actor *who)
{
	struct slot_row *active = site_active(s), *grace;
	struct slot_view view;

	if (!conf_get()->firewall)
		return REASON_NO_FIREWALL;
	if (active == NULL) {
		grace = find_grace(s);
		return grace == NULL ? REASON_SLOT_REFUSED
				     : go_back(s, grace, who);
	}
	slot_status(s->env.id, active->slot, &view);
	if (view.is_known && view.state != CONTAINER_RUNNING)
		return retry(s, active);
	return renew(s, active, who);
}

enum reason
release_restart(const struct project *p, const char *environment,
    const struct actor *who)
{
	enum reason r = REASON_SLOT_REFUSED;
	struct site s;

	if (site_find(p, environment, &s) == -1)
		return r;
	r = restart(&s, who);
	site_free(&s);
	return r;
}

/* Visitors get the page that nothing is released; it stays the way back. */
enum reason
release_stop(const struct project *p, const char *environment,
    const struct actor *who)
{
	enum reason r = REASON_SLOT_REFUSED;
	struct slot_row *active;
	struct site s;

	if (site_find(p, environment, &s) == -1)
		return r;
	if ((active = site_active(&s)) != NULL) {
		r = REASON_INTERNAL;
		if (release_rest(&s, active, 0) == 0) {
			log_info("%s: %s stopped by %s", p->name, s.env.name,
			    who->name);
			want_tell(s.env.id);
			grace_look();
			r = REASON_NONE;
		}
	}
	site_free(&s);
	return r;
}

enum reason
release_promote(const struct project *p, const char *environment,
    const struct actor *who)
{
	enum reason r = REASON_SLOT_REFUSED;
	struct slot_row *slot;
	struct site s;
	int i;

	if (site_find(p, environment, &s) == -1)
		return r;
	for (i = 0; i < SLOTS; i++) {
		slot = &s.slots[i];
		if (slot->state != SLOT_DEPLOYED || !slot->is_healthy)
			continue;
		r = deploy_switch(&s, slot, REASON_DISPLACED);
		if (r == REASON_NONE) {
			log_info("%s: %s promoted by %s", p->name, s.env.name,
			    who->name);
			show(&s, slot, "Success");
		}
		break;
	}
	site_free(&s);
	return r;
}
