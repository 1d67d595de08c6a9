/*
 * The removal of a project, in order: its builds end, its routes and
 * containers go, then its caches, artifacts, logs and mirror, last its rows.
 * Repeated from the top after any restart.
 */

#include <bsd/sys/queue.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "db.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "log.h"
#include "msg_build.h"
#include "msg_release.h"
#include "peer.h"
#include "removal.h"
#include "rest_project.h"
#include "run.h"
#include "switch.h"
#include "view.h"
#include "want.h"

/* An environment of which nothing is left outside the database. */
struct gone {
	LIST_ENTRY(gone) entry;
	int64_t environment_id;
};

static LIST_HEAD(, gone)
gone_ones = LIST_HEAD_INITIALIZER(gone_ones);

static struct gone *
find_gone(int64_t environment_id)
{
	struct gone *g;

	LIST_FOREACH(g, &gone_ones, entry) {
		if (g->environment_id == environment_id)
			return g;
	}
	return NULL;
}

static void
note_gone(int64_t environment_id)
{
	struct gone *g;

	if (find_gone(environment_id) != NULL)
		return;
	if ((g = calloc(1, sizeof(*g))) == NULL) {
		log_warn("environment %" PRId64, environment_id);
		return;
	}
	g->environment_id = environment_id;
	LIST_INSERT_HEAD(&gone_ones, g, entry);
}

/* Non-zero for the first that is not gone yet. */
static int
find_left(void *row, void *arg)
{
	const struct environment *e = row;

	(void)arg;
	return find_gone(e->id) == NULL;
}

static int
find_open_build(void *row, void *arg)
{
	const struct build *b = row;
	const int64_t *project_id = arg;

	return b->project_id == *project_id;
}

static void
send_remove(void *arg, int committed)
{
	struct msg_project *m = arg;

	if (committed)
		peer_send(child_peer(PROC_BUILDER, 0), MSG_PROJECT_REMOVE, m,
		    sizeof(*m));
	free(m);
}

static void
go_on(int64_t project_id)
{
	struct msg_project *m;

	if (db_env_each_of(project_id, find_left, NULL) != 0 ||
	    db_build_each_open(find_open_build, &project_id) != 0)
		return;
	if ((m = calloc(1, sizeof(*m))) == NULL)
		fatal("%s", __func__);
	m->project_id = (uint64_t)project_id;
	db_after_commit(send_remove, m);
}

void
removal_go_on(int64_t project_id)
{
	struct project p;

	if (db_project_get(project_id, &p) != 1)
		return;
	if (p.deleting_ms != 0)
		go_on(project_id);
	db_project_free(&p);
}

static int
go_on_each(void *row, void *arg)
{
	const struct project *p = row;

	(void)arg;
	go_on(p->id);
	return 0;
}

void
removal_builder_up(void)
{
	db_project_each_deleting(go_on_each, NULL);
}

void
removal_forgotten(const struct msg_env *m)
{
	struct environment e;

	if (db_env_get((int64_t)m->env_id, &e) != 1)
		return;
	note_gone(e.id);
	view_forget(e.id);
	removal_go_on(e.project_id);
}

static int
drop_gone(void *row, void *arg)
{
	const struct environment *e = row;
	struct gone *g = find_gone(e->id);

	(void)arg;
	if (g == NULL)
		return 0;
	LIST_REMOVE(g, entry);
	free(g);
	return 0;
}

/* cid-builder has removed what it had of the project. */
void
removal_gone(const struct msg_project *m, struct msg_tail freed)
{
	int64_t id = (int64_t)m->project_id;
	struct project p;
	int is_leaving;

	if (db_project_get(id, &p) != 1)
		return;
	is_leaving = p.deleting_ms != 0;
	db_project_free(&p);
	if (!is_leaving)
		return;
	log_info("project %" PRId64 " removed%s%.*s", id,
	    freed.len > 0 ? ": " : "", (int)freed.len, freed.data);
	db_env_each_of(id, drop_gone, NULL);
	project_gone(id);
}

static int
cancel_build(void *row, void *arg)
{
	const struct build *b = row;
	const int64_t *project_id = arg;

	if (b->project_id == *project_id)
		build_cancel(b, REASON_PROJECT_DELETED, NULL);
	return 0;
}

static int
forget_env(void *row, void *arg)
{
	const struct environment *e = row;

	(void)arg;
	want_tell(e->id);
	return 0;
}

static int
remove_again(void *row, void *arg)
{
	(void)arg;
	project_removed(row);
	return 0;
}

/* At start: what was begun goes on. */
void
removal_begin(void)
{
	db_project_each_deleting(remove_again, NULL);
}

void
project_removed(const struct project *p)
{
	int64_t id = p->id;

	db_build_each_open(cancel_build, &id);
	db_env_each_of(p->id, forget_env, NULL);
	removal_go_on(p->id);
}
