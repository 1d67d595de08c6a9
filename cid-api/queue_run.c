/*
 * The queue at work: asks queue.c what may start, and starts it.
 */

#include <bsd/string.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buildlog.h"
#include "child.h"
#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "db_project.h"
#include "ending.h"
#include "event.h"
#include "log.h"
#include "msg_conf.h"
#include "queue.h"
#include "resync.h"
#include "run.h"
#include "run_msg.h"

/* The builds that have not ended, as queue_plan() wants them. */
struct open_builds {
	struct queue_build *items;
	char **branches; /* which the items point to */
	struct queue_answer *answers;
	size_t len;
	size_t cap;
};

static struct event *kicked;
static int64_t announced; /* the newest build whose place was told */

void
queue_kick(void)
{
	if (kicked != NULL)
		event_active(kicked, 0, 0);
}

static void
free_open(struct open_builds *o)
{
	size_t i;

	for (i = 0; i < o->len; i++)
		free(o->branches[i]);
	free(o->branches);
	free(o->items);
	free(o->answers);
}

static int
make_room(struct open_builds *o)
{
	size_t cap = o->cap == 0 ? 64 : o->cap * 2;
	struct queue_build *items;
	char **branches;

	if (o->len < o->cap)
		return 0;
	if ((items = reallocarray(o->items, cap, sizeof(*items))) == NULL)
		return -1;
	o->items = items;
	branches = reallocarray(o->branches, cap, sizeof(*branches));
	if (branches == NULL)
		return -1;
	o->branches = branches;
	o->cap = cap;
	return 0;
}

static int
add_open(void *row, void *arg)
{
	const struct build *b = row;
	struct open_builds *o = arg;
	struct queue_build *q;

	if (make_room(o) == -1 ||
	    (o->branches[o->len] = strdup(b->branch)) == NULL)
		return -1;
	q = &o->items[o->len];
	memset(q, 0, sizeof(*q));
	q->branch = o->branches[o->len++];
	q->build_id = (uint64_t)b->id;
	q->project_id = (uint64_t)b->project_id;
	q->env_id = (uint64_t)b->environment_id;
	q->priority = b->priority;
	q->running = b->state != BUILD_STATE_QUEUED;
	q->pushed = b->source == BUILD_FROM_WEBHOOK && !b->is_forced;
	q->pending = b->is_pending;
	return 0;
}

static int
compare_builds(const void *a, const void *b)
{
	const struct queue_build *x = a, *y = b;

	if (x->project_id != y->project_id)
		return x->project_id < y->project_id ? -1 : 1;
	if (x->build_id != y->build_id)
		return x->build_id < y->build_id ? -1 : 1;
	return 0;
}

/* The setting of each project, looked up once. */
static void
set_supersede(struct open_builds *o)
{
	struct project p;
	uint64_t known = 0;
	int supersede = 0;
	size_t i;

	for (i = 0; i < o->len; i++) {
		if (o->items[i].project_id != known) {
			known = o->items[i].project_id;
			supersede = 0;
			if (db_project_get((int64_t)known, &p) == 1) {
				supersede = p.supersede;
				db_project_free(&p);
			}
		}
		o->items[i].supersede = supersede;
	}
}

/* Returns 0, or -1 after logging; to be freed in both cases. */
static int
plan(struct open_builds *o)
{
	struct queue_limit limit = { .parallel = conf_get()->builds_parallel,
		.stopped = !run_engine_is_up() };

	memset(o, 0, sizeof(*o));
	if (db_build_each_open(add_open, o) != 0)
		goto fail;
	if (o->len == 0)
		return 0;
	qsort(o->items, o->len, sizeof(*o->items), compare_builds);
	set_supersede(o);
	o->answers = calloc(o->len, sizeof(*o->answers));
	if (o->answers != NULL &&
	    queue_plan(&limit, o->items, o->len, o->answers) == 0)
		return 0;
fail:
	log_warnx("the queue could not be read");
	return -1;
}

/* The plan that lists of builds ask for, good until something is written. */
static struct {
	struct open_builds open;
	int64_t changes;
	int engine_is_up;
	int is_made;
} shown;

static const struct open_builds *
show_plan(void)
{
	if (shown.is_made && shown.changes == db_changes() &&
	    shown.engine_is_up == run_engine_is_up())
		return &shown.open;
	free_open(&shown.open);
	shown.changes = db_changes();
	shown.engine_is_up = run_engine_is_up();
	shown.is_made = plan(&shown.open) == 0;
	if (shown.is_made)
		return &shown.open;
	free_open(&shown.open);
	memset(&shown.open, 0, sizeof(shown.open));
	return NULL;
}

/* Its place in the queue; 0 when it does not wait. */
uint32_t
build_position(const struct build *b)
{
	const struct open_builds *o = show_plan();
	size_t i;

	for (i = 0; o != NULL && i < o->len; i++) {
		if (o->items[i].build_id == (uint64_t)b->id)
			return o->answers[i].verdict == QUEUE_STARTS
			    ? 1
			    : o->answers[i].position;
	}
	return 0;
}

static void
start_build(struct build *b)
{
	if (!conf_get()->firewall) {
		build_finish(b, REASON_NO_FIREWALL, "");
		return;
	}
	b->reason = REASON_NONE;
	if (db_build_move(b, BUILD_STATE_BUILDING) == -1) {
		log_warnx("build %" PRId64 ": can't start", b->id);
		resync_soon();
		return;
	}
	if (b->attempt == 1)
		buildlog_say(b, "Starts.");
	event_build_status(b, BUILD_STATE_QUEUED);
	run_tell(b, RUN_START);
}

static void
supersede_build(struct build *b, uint64_t by)
{
	struct build newer;
	char why[128] = "";

	if (db_build_get((int64_t)by, &newer) == 1) {
		snprintf(why, sizeof(why), "It is build %" PRId64 ".",
		    newer.number);
		db_build_free(&newer);
	}
	build_finish(b, REASON_SUPERSEDED, why);
}

/* Say where it stands, once, and whenever the engine comes or goes. */
static void
let_wait(struct build *b, uint32_t position)
{
	enum reason why =
	    run_engine_is_down() ? REASON_ENGINE_DOWN : REASON_NONE;

	if (b->id > announced)
		buildlog_say(b, "Queued at position %u.", position);
	if (b->reason == (int)why)
		return;
	b->reason = (int)why;
	if (db_build_save(b) == -1)
		return;
	if (why != REASON_NONE)
		buildlog_say(b, "%s", reason_sentence(why));
	event_build_status(b, BUILD_STATE_QUEUED);
}

static void
obey(const struct queue_build *q, const struct queue_answer *a)
{
	struct build b;

	if (a->verdict == QUEUE_RUNS ||
	    db_build_get((int64_t)q->build_id, &b) != 1)
		return;
	if (a->verdict == QUEUE_STARTS)
		start_build(&b);
	else if (a->verdict == QUEUE_SUPERSEDED)
		supersede_build(&b, a->by);
	else
		let_wait(&b, a->position);
	db_build_free(&b);
}

static void
run_queue(int fd, short what, void *arg)
{
	struct open_builds o;
	int64_t newest = announced;
	size_t i;

	(void)fd;
	(void)what;
	(void)arg;
	resync_watch();
	if (plan(&o) == 0) {
		for (i = 0; i < o.len; i++) {
			obey(&o.items[i], &o.answers[i]);
			if ((int64_t)o.items[i].build_id > newest)
				newest = (int64_t)o.items[i].build_id;
		}
		announced = newest;
	}
	free_open(&o);
}

static int
note_newest(void *row, void *arg)
{
	const struct build *b = row;

	(void)arg;
	if (b->id > announced)
		announced = b->id;
	return 0;
}

void
queue_loop(struct event_base *base)
{
	if ((kicked = event_new(base, -1, 0, run_queue, NULL)) == NULL)
		fatalx("%s: no memory", __func__);
	db_build_each_open(note_newest, NULL);
	queue_kick();
}
