/*
 * The stages of a build's current attempt, as rows.
 */

#include <string.h>

#include "clock.h"
#include "db.h"
#include "db_build.h"
#include "reason.h"
#include "stages.h"

struct search {
	int stage; /* -1: the one that is not over */
	int found;
	struct stage_row row;
};

static int
compare_stage(void *row, void *arg)
{
	const struct stage_row *s = row;
	struct search *want = arg;

	if (want->stage != -1 && s->stage != want->stage)
		return 0;
	if (want->stage == -1 && s->state != STAGE_ROW_RUNNING &&
	    s->state != STAGE_ROW_WAITING)
		return 0;
	want->row = *s;
	want->found = 1;
	return 0;
}

/* 1, 0 or -1 */
static int
find_stage(const struct build *b, int stage, struct stage_row *row)
{
	struct search want;

	memset(&want, 0, sizeof(want));
	want.stage = stage;
	if (db_stage_each(b->id, compare_stage, &want) == -1)
		return -1;
	*row = want.row;
	return want.found;
}

static int
row_state(enum stage_state s)
{
	switch (s) {
	case STAGE_ENDED:
		return STAGE_ROW_DONE;
	case STAGE_FAILED:
		return STAGE_ROW_FAILED;
	case STAGE_WAITS:
		return STAGE_ROW_WAITING;
	default:
		return STAGE_ROW_RUNNING;
	}
}

int
stages_mark(const struct build *b, enum stage stage, enum stage_state state,
    uint32_t reason, int64_t time_ms)
{
	struct stage_row row;

	if (find_stage(b, (int)stage, &row) == -1)
		return -1;
	row.build_id = b->id;
	row.attempt = b->attempt;
	row.stage = (int)stage;
	row.state = row_state(state);
	row.reason = (int)reason;
	if (row.started_ms == 0)
		row.started_ms = time_ms;
	row.ended_ms =
	    state == STAGE_ENDED || state == STAGE_FAILED ? time_ms : 0;
	return db_stage_put(&row);
}

/* The stage that runs, if one does, failed for this reason. */
int
stages_fail(const struct build *b, uint32_t reason)
{
	struct stage_row row;
	int found;

	if ((found = find_stage(b, -1, &row)) != 1)
		return found;
	row.state = STAGE_ROW_FAILED;
	row.reason = (int)reason;
	row.ended_ms = (int64_t)clock_wall_ms();
	return db_stage_put(&row);
}

/* Say whether it began, over or not. */
int
stages_reached(const struct build *b, enum stage stage)
{
	struct stage_row row;

	return find_stage(b, (int)stage, &row) == 1;
}

/* When it began, 0 when it did not, or is over. */
int64_t
stages_began(const struct build *b, enum stage stage)
{
	struct stage_row row;

	if (find_stage(b, (int)stage, &row) != 1 ||
	    row.state != STAGE_ROW_RUNNING)
		return 0;
	return row.started_ms;
}
