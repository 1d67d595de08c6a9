/*
 * The steps of a release.  The rows are written first, in one transaction;
 * the commit of a switch is the moment of truth (R24).
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buildlog.h"
#include "clock.h"
#include "db.h"
#include "db_build.h"
#include "deploy.h"
#include "ending.h"
#include "event.h"
#include "grace.h"
#include "log.h"
#include "release.h"
#include "resync.h"
#include "site.h"
#include "stages.h"
#include "want.h"

static int64_t
now_ms(void)
{
	return (int64_t)clock_wall_ms();
}

int
deploy_build_of(const struct slot_row *slot, struct build *b)
{
	struct release_row row;
	int64_t id;

	if (slot->release_id == 0 ||
	    db_release_get(slot->release_id, &row) != 1)
		return 0;
	id = row.kind == RELEASE_OF_BUILD ? row.build_id : 0;
	db_release_free(&row);
	if (id == 0 || db_build_get(id, b) != 1)
		return 0;
	if (b->state == BUILD_STATE_DEPLOYING &&
	    strcmp(b->slot, slot_names[slot->slot]) == 0)
		return 1;
	db_build_free(b);
	return 0;
}

/* A build whose release loses its slot can't succeed any more. */
static void
end_build_in(const struct slot_row *slot, enum reason r)
{
	struct build b;

	if (!deploy_build_of(slot, &b))
		return;
	build_finish(&b, r, "");
	db_build_free(&b);
}

static int
write_begin(struct site *s, const struct release_row *row, struct build *b)
{
	struct slot_row *slot = &s->slots[row->slot];

	if (b == NULL)
		end_build_in(slot, REASON_ROLLED_BACK);
	if (release_end(s, slot, REASON_DISPLACED, "") == -1 ||
	    release_place(s, row) == -1)
		return -1;
	if (b == NULL)
		return 0;
	strlcpy(b->slot, slot_names[row->slot], sizeof(b->slot));
	if (db_build_save(b) == -1)
		return -1;
	return stages_mark(b, STAGE_RELEASE, STAGE_BEGAN, 0, now_ms());
}

/* b is the build that the release ends, NULL for an order of a person. */
enum reason
deploy_begin(struct site *s, const struct release_row *row, struct build *b)
{
	if (db_begin() == -1)
		return REASON_INTERNAL;
	if (write_begin(s, row, b) == -1) {
		db_rollback();
		return REASON_INTERNAL;
	}
	if (db_commit() == -1)
		return REASON_INTERNAL;
	if (b != NULL) {
		buildlog_say(b, "Releases to slot %s.", b->slot);
		event_deployment(b, "Deploying", row->slot);
	}
	want_tell(s->env.id);
	return REASON_NONE;
}

static int
write_switch(struct site *s, struct slot_row *slot, enum reason why,
    struct build *b)
{
	if (release_activate(s, slot, why) == -1)
		return -1;
	if (b == NULL)
		return 0;
	return stages_mark(b, STAGE_SWITCH, STAGE_BEGAN, 0, now_ms());
}

/* why is what the release that was active is left for. */
enum reason
deploy_switch(struct site *s, struct slot_row *slot, enum reason why)
{
	struct build b;
	int has_build = deploy_build_of(slot, &b), ret = -1;

	if (db_begin() == -1)
		goto done;
	if (write_switch(s, slot, why, has_build ? &b : NULL) == -1) {
		db_rollback();
		goto done;
	}
	if (db_commit() == -1)
		goto done;
	if (has_build)
		buildlog_say(&b, "Visitors go to slot %s now.", b.slot);
	want_tell(s->env.id);
	grace_look();
	ret = 0;
done:
	if (has_build)
		db_build_free(&b);
	if (ret == -1)
		resync_soon();
	return ret == 0 ? REASON_NONE : REASON_INTERNAL;
}

void
deploy_fail(struct site *s, struct slot_row *slot, enum reason r,
    const char *why)
{
	struct build b;
	int has_build = deploy_build_of(slot, &b);

	if (release_end(s, slot, r, why) == -1)
		log_warnx("%s: slot %s is not emptied", s->project.name,
		    slot_names[slot->slot]);
	if (has_build) {
		build_finish(&b, r, why);
		event_deployment(&b, "Failed", slot->slot);
		db_build_free(&b);
	}
	want_tell(s->env.id);
}

static double
seconds(int64_t ms)
{
	return (double)ms / 1000;
}

void
deploy_done(struct site *s, struct slot_row *slot)
{
	struct build b;
	char url[URL_MAX];
	char why[sizeof(b.message)];

	if (!deploy_build_of(slot, &b))
		return;
	site_url(s, url);
	snprintf(why, sizeof(why), "live%s%.400s after %.1f s.",
	    url[0] != '\0' ? " at " : "", url, seconds(now_ms() - b.queued_ms));
	stages_mark(&b, STAGE_SWITCH, STAGE_ENDED, 0, now_ms());
	build_finish(&b, REASON_NONE, why);
	event_deployment(&b, "Success", slot->slot);
	db_build_free(&b);
}
