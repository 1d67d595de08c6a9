/*
 * What people ask of builds: one now, one once more, none after all.
 */

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "deploy.h"
#include "ending.h"
#include "event.h"
#include "msg_conf.h"
#include "release.h"
#include "request.h"
#include "run.h"
#include "site.h"
#include "want.h"

static enum reason
add_build(struct build *b, const struct actor *who)
{
	if (!conf_get()->firewall)
		return REASON_NO_FIREWALL;
	strlcpy(b->created_by, who->name, sizeof(b->created_by));
	if (db_build_add(b) == -1)
		return REASON_INTERNAL;
	event_build_status(b, BUILD_STATE_QUEUED);
	queue_kick();
	return REASON_NONE;
}

enum reason
build_trigger(const struct project *p, const struct build_order *o,
    const struct actor *who, struct build *b)
{
	struct environment e;

	memset(b, 0, sizeof(*b));
	if (p->deleting_ms != 0)
		return REASON_PROJECT_DELETED;
	if (db_env_find(p->id,
		o->environment == NULL ? "production" : o->environment,
		&e) != 1)
		return REASON_BRANCH_NO_MATCH;
	b->project_id = p->id;
	b->environment_id = e.id;
	b->source = BUILD_BY_HAND;
	b->priority = p->priority;
	b->is_forced = o->is_forced;
	strlcpy(b->branch, e.branch, sizeof(b->branch));
	if (o->commit != NULL)
		strlcpy(b->commit, o->commit, sizeof(b->commit));
	return add_build(b, who);
}

enum reason
build_retry(const struct build *old, const struct actor *who, struct build *b)
{
	memset(b, 0, sizeof(*b));
	b->project_id = old->project_id;
	b->environment_id = old->environment_id;
	b->source = BUILD_AS_RETRY;
	b->retry_of = old->id;
	b->priority = old->priority;
	b->is_forced = old->is_forced;
	strlcpy(b->branch, old->branch, sizeof(b->branch));
	strlcpy(b->commit, old->commit, sizeof(b->commit));
	strlcpy(b->author, old->author, sizeof(b->author));
	strlcpy(b->email, old->email, sizeof(b->email));
	strlcpy(b->subject, old->subject, sizeof(b->subject));
	b->commit_ms = old->commit_ms;
	return add_build(b, who);
}

/* Its release, if it has begun, leaves the slot; the active one stays. */
static int
cancel_release(struct build *b, enum reason r, const char *why)
{
	struct build in_slot;
	struct site s;
	int i, ret = 0;

	if (site_load(b->environment_id, &s) == -1) {
		site_free(&s);
		return -1;
	}
	for (i = 0; i < SLOTS; i++) {
		if (s.slots[i].state != SLOT_DEPLOYED ||
		    !deploy_build_of(&s.slots[i], &in_slot))
			continue;
		if (in_slot.id == b->id)
			ret = release_end(&s, &s.slots[i], r, "");
		db_build_free(&in_slot);
	}
	if (ret == 0)
		ret = build_finish(b, r, why);
	want_tell(s.env.id);
	site_free(&s);
	return ret;
}

/* A switch that is committed can't be cancelled, only rolled back. */
static int
is_switched(const struct build *b)
{
	struct slot_row active;
	struct build in_slot;
	int is_its;

	if (db_slot_active(b->environment_id, &active) != 1 ||
	    !deploy_build_of(&active, &in_slot))
		return 0;
	is_its = in_slot.id == b->id;
	db_build_free(&in_slot);
	return is_its;
}

static enum reason
cancel(struct build *b, enum reason r, const char *why)
{
	int ret;

	switch ((enum build_state)b->state) {
	case BUILD_STATE_QUEUED:
		ret = build_finish(b, r, why);
		break;
	case BUILD_STATE_BUILDING:
		ret = run_stop(b, r, why);
		break;
	case BUILD_STATE_DEPLOYING:
		if (is_switched(b) && r != REASON_PROJECT_DELETED)
			return REASON_SLOT_REFUSED;
		ret = cancel_release(b, r, why);
		break;
	default:
		return REASON_NONE; /* it is over */
	}
	return ret == -1 ? REASON_INTERNAL : REASON_NONE;
}

/* who NULL: cid itself. */
enum reason
build_cancel(const struct build *asked, enum reason r, const struct actor *who)
{
	char why[160] = "";
	struct build b;
	enum reason ret;

	if (db_build_get(asked->id, &b) != 1)
		return REASON_INTERNAL;
	if (who != NULL)
		snprintf(why, sizeof(why), "It was %s.", who->name);
	ret = cancel(&b, r, why);
	db_build_free(&b);
	return ret;
}
