/*
 * Builds and their stages.  The schema refuses every move that R11 does not
 * name, and a second running build of one project.
 */

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "db.h"
#include "db_build.h"
#include "log.h"

/* Before it is settled, a pending build's log and volume are named by this
 * plus its id, out of the way of people's numbers. */
#define REF_PENDING INT64_C(0x80000000)

const char *const build_state_names[] = { "Queued", "Building", "Deploying",
	"Success", "Failed", "Cancelled", NULL };
const char *const build_source_names[] = { "webhook", "manual", "retry", NULL };
const char *const stage_names[] = { "source", "image", "build", "release",
	"health", "switch", NULL };
const char *const stage_state_names[] = { "running", "done", "failed",
	"waiting", NULL };

#define B(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct build, field), __VA_ARGS__ \
	}

static const struct db_column build_columns[] = {
	B(DB_INT, "id", id, NULL),
	B(DB_INT, "project_id", project_id, NULL),
	B(DB_INT, "environment_id", environment_id, NULL),
	B(DB_REF, "number", number, NULL),
	B(DB_INT, "ref", ref, NULL),
	B(DB_INT, "attempt", attempt, NULL),
	B(DB_ENUM, "state", state, build_state_names),
	B(DB_REASON, "reason", reason, NULL),
	B(DB_STRING, "message", message, NULL),
	B(DB_ENUM, "source", source, build_source_names),
	B(DB_STRING, "created_by", created_by, NULL),
	B(DB_REF, "retry_of", retry_of, NULL),
	B(DB_INT, "priority", priority, NULL),
	B(DB_BOOL, "is_pending", is_pending, NULL),
	B(DB_BOOL, "is_forced", is_forced, NULL),
	B(DB_STRING, "branch", branch, NULL),
	B(DB_STRING, "commit_hash", commit, NULL),
	B(DB_STRING, "base_hash", base, NULL),
	B(DB_STRING, "author", author, NULL),
	B(DB_STRING, "email", email, NULL),
	B(DB_STRING, "subject", subject, NULL),
	B(DB_INT, "commit_ms", commit_ms, NULL),
	B(DB_STRING, "slot", slot, NULL),
	B(DB_INT, "exit_code", exit_code, NULL),
	B(DB_TEXT, "spec", spec, NULL),
	B(DB_TEXT, "result", result, NULL),
	B(DB_INT, "queued_ms", queued_ms, NULL),
	B(DB_INT, "started_ms", started_ms, NULL),
	B(DB_INT, "built_ms", built_ms, NULL),
	B(DB_INT, "finished_ms", finished_ms, NULL),
};

const struct db_table build_table = { "build", build_columns,
	sizeof(build_columns) / sizeof(build_columns[0]),
	sizeof(struct build) };

#define S(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct stage_row, field), __VA_ARGS__ \
	}

static const struct db_column stage_columns[] = {
	S(DB_INT, "id", id, NULL),
	S(DB_INT, "build_id", build_id, NULL),
	S(DB_INT, "attempt", attempt, NULL),
	S(DB_ENUM, "stage", stage, stage_names),
	S(DB_ENUM, "state", state, stage_state_names),
	S(DB_REASON, "reason", reason, NULL),
	S(DB_INT, "started_ms", started_ms, NULL),
	S(DB_INT, "ended_ms", ended_ms, NULL),
};

const struct db_table stage_table = { "stage", stage_columns,
	sizeof(stage_columns) / sizeof(stage_columns[0]),
	sizeof(struct stage_row) };

int
db_build_get(int64_t id, struct build *b)
{
	return db_find(&build_table, b, "WHERE id = ?1", "i", id);
}

/* The newest with a number. */
int
db_build_last(int64_t project_id, struct build *b)
{
	return db_find(&build_table, b,
	    "WHERE project_id = ?1 AND number IS NOT NULL "
	    "ORDER BY id DESC LIMIT 1",
	    "i", project_id);
}

int
db_build_last_of_branch(int64_t project_id, const char *branch, struct build *b)
{
	return db_find(&build_table, b,
	    "WHERE project_id = ?1 AND branch = ?2 AND state = 'Success' "
	    "ORDER BY id DESC LIMIT 1",
	    "is", project_id, branch);
}

void
db_build_free(struct build *b)
{
	db_free(&build_table, b);
}

static const char *
state_of(const struct build_filter *f)
{
	return f->state == -1 ? "" : build_state_names[f->state];
}

/* One text for each kind of list, so that each finds its index. */
int
db_build_each(const struct build_filter *f, int (*each)(void *, void *),
    void *arg)
{
	if (f->project_id != 0)
		return db_each(&build_table, each, arg,
		    "WHERE project_id = ?1 AND (?4 = '' OR +state = ?4) "
		    "ORDER BY id DESC LIMIT ?2 OFFSET ?3",
		    "iiis", f->project_id, f->limit, f->offset, state_of(f));
	if (f->state != -1)
		return db_each(&build_table, each, arg,
		    "WHERE state = ?5 AND project_id IN (" DB_REACHABLE ") "
		    "ORDER BY id DESC LIMIT ?3 OFFSET ?4",
		    "iiiis", f->team_id, f->token_id, f->limit, f->offset,
		    state_of(f));
	return db_each(&build_table, each, arg,
	    "WHERE +project_id IN (" DB_REACHABLE ") "
	    "ORDER BY id DESC LIMIT ?3 OFFSET ?4",
	    "iiii", f->team_id, f->token_id, f->limit, f->offset);
}

/*
 * Whom every project is open to is answered by the index alone, less the
 * builds of projects that are being removed.
 */
static int64_t
count_all(const struct build_filter *f)
{
	int64_t all, less;

	if (f->state != -1)
		db_number(&all, "SELECT count(*) FROM build WHERE state = ?1",
		    "s", state_of(f));
	else
		db_number(&all, "SELECT count(*) FROM build", "");
	db_number(&less,
	    "SELECT count(*) FROM build WHERE (?1 = '' OR +state = ?1) AND "
	    "project_id IN (SELECT id FROM project WHERE deleting_ms != 0)",
	    "s", state_of(f));
	return all - less;
}

int64_t
db_build_count(const struct build_filter *f)
{
	int64_t n;

	if (f->project_id == 0 && f->team_id == 0 && f->token_id == 0)
		return count_all(f);
	if (f->project_id != 0)
		db_number(&n,
		    "SELECT count(*) FROM build WHERE project_id = ?1 AND "
		    "(?2 = '' OR +state = ?2)",
		    "is", f->project_id, state_of(f));
	else
		db_number(&n,
		    "SELECT count(*) FROM build WHERE (?3 = '' OR state = ?3) "
		    "AND project_id IN (" DB_REACHABLE ")",
		    "iis", f->team_id, f->token_id, state_of(f));
	return n;
}

struct ids {
	int64_t *ids;
	size_t len;
};

static int
add_id(void *row, void *arg)
{
	const struct build *b = row;
	struct ids *list = arg;
	int64_t *ids;

	ids = reallocarray(list->ids, list->len + 1, sizeof(*ids));
	if (ids == NULL) {
		log_warn("builds");
		return -1;
	}
	list->ids = ids;
	ids[list->len++] = b->id;
	return 0;
}

/* Call f for each as it is by then, so that f may change them all. */
static int
each_of(const struct ids *list, int (*f)(void *, void *), void *arg)
{
	struct build b;
	size_t i;
	int ret = 0;

	for (i = 0; i < list->len && ret == 0; i++) {
		if ((ret = db_build_get(list->ids[i], &b)) != 1)
			continue;
		ret = f(&b, arg);
		db_build_free(&b);
	}
	return ret;
}

int
db_build_each_open(int (*f)(void *, void *), void *arg)
{
	struct ids list = { NULL, 0 };
	int ret;

	ret = db_each(&build_table, add_id, &list,
	    "WHERE state IN ('Queued', 'Building', 'Deploying') ORDER BY id",
	    "");
	if (ret == 0)
		ret = each_of(&list, f, arg);
	free(list.ids);
	return ret;
}

int
db_build_each_running(int (*f)(void *, void *), void *arg)
{
	struct ids list = { NULL, 0 };
	int ret;

	ret = db_each(&build_table, add_id, &list,
	    "WHERE state IN ('Building', 'Deploying') ORDER BY id", "");
	if (ret == 0)
		ret = each_of(&list, f, arg);
	free(list.ids);
	return ret;
}

static int
take_number(struct build *b)
{
	if (db_exec("UPDATE project SET last_number = last_number + 1 "
		    "WHERE id = ?1",
		"i", b->project_id) == -1)
		return -1;
	return db_number(&b->number,
	    "SELECT last_number FROM project WHERE id = ?1", "i",
	    b->project_id);
}

static int
add(struct build *b)
{
	int64_t last;

	if (!b->is_pending) {
		if (take_number(b) == -1)
			return -1;
		b->ref = b->number;
		return db_insert(&build_table, b);
	}
	/* The id is not known before the row is there. */
	if (db_number(&last,
		"SELECT seq FROM sqlite_sequence WHERE "
		"name = 'build'",
		"") == -1)
		return -1;
	b->number = 0;
	b->ref = REF_PENDING + last + 1;
	return db_insert(&build_table, b);
}

int
db_build_add(struct build *b)
{
	b->state = BUILD_STATE_QUEUED;
	b->queued_ms = (int64_t)clock_wall_ms();
	if (b->attempt == 0)
		b->attempt = 1;
	if (db_begin() == -1)
		return -1;
	if (add(b) == -1) {
		db_rollback();
		return -1;
	}
	return db_commit();
}

int
db_build_settle(struct build *b)
{
	if (db_begin() == -1)
		return -1;
	b->is_pending = 0;
	if ((b->number == 0 && take_number(b) == -1) ||
	    db_save(&build_table, b) == -1) {
		b->is_pending = 1;
		b->number = 0;
		db_rollback();
		return -1;
	}
	return db_commit();
}

static void
stamp(struct build *b, enum build_state to)
{
	int64_t now = (int64_t)clock_wall_ms();

	switch (to) {
	case BUILD_STATE_QUEUED:
		b->started_ms = 0;
		break;
	case BUILD_STATE_BUILDING:
		b->started_ms = now;
		break;
	case BUILD_STATE_DEPLOYING:
		b->built_ms = now;
		break;
	default:
		b->finished_ms = now;
		break;
	}
}

int
db_build_move(struct build *b, enum build_state to)
{
	struct build old = *b;

	b->state = (int)to;
	stamp(b, to);
	if (db_save(&build_table, b) == 0)
		return 0;
	*b = old;
	return -1;
}

int
db_build_save(const struct build *b)
{
	return db_save(&build_table, b);
}

int
db_stage_put(const struct stage_row *row)
{
	struct stage_row s = *row, was;
	int ret;

	ret = db_find(&stage_table, &was,
	    "WHERE build_id = ?1 AND attempt = ?2 AND stage = ?3", "iis",
	    s.build_id, s.attempt, stage_names[s.stage]);
	if (ret == -1)
		return -1;
	if (ret == 0)
		return db_insert(&stage_table, &s);
	s.id = was.id;
	return db_save(&stage_table, &s);
}

/* In the order of their way. */
int
db_stage_each(int64_t build_id, int (*f)(void *, void *), void *arg)
{
	return db_each(&stage_table, f, arg,
	    "WHERE build_id = ?1 AND attempt = (SELECT attempt FROM build "
	    "WHERE id = ?1) ORDER BY id",
	    "i", build_id);
}
