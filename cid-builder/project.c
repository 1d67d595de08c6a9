/*
 * Removes all that belongs to a project: its builds, what the engine has of
 * it, its logs, its mirror.  Waits for the engine where it must.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>

#include "build.h"
#include "child.h"
#include "conf.h"
#include "engine.h"
#include "label.h"
#include "log.h"
#include "logpair.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "peer.h"
#include "project.h"
#include "source.h"
#include "sweep.h"

struct project {
	LIST_ENTRY(project) entry;
	uint64_t id;
	struct sweep *sweep;
	struct sweep_counts counts;
	int is_swept;
};

static LIST_HEAD(, project)
projects = LIST_HEAD_INITIALIZER(projects);

static void
tell(const struct project *p, int mirror_gone)
{
	struct msg_project m;
	char text[256];
	int n;

	memset(&m, 0, sizeof(m));
	m.project_id = p->id;
	n = snprintf(text, sizeof(text),
	    "%u containers, %u networks, %u volumes, its logs%s were removed.",
	    p->counts.containers, p->counts.networks, p->counts.volumes,
	    mirror_gone ? ", its mirror" : "");
	peer_send_tail(child_peer(PROC_API, 0), MSG_PROJECT_GONE, &m, sizeof(m),
	    text, (size_t)n);
}

static void
on_line(void *arg, const char *line, size_t len)
{
	(void)arg;
	(void)line;
	(void)len;
}

static void
on_wiped(void *arg, const struct msg_git_done *done, const char *text,
    size_t len)
{
	struct project *p = arg;
	int ok = done != NULL && done->ok;

	if (!ok)
		log_warnx("project %llu: its mirror stays: %.*s",
		    (unsigned long long)p->id, (int)len, text);
	tell(p, ok);
	LIST_REMOVE(p, entry);
	free(p);
}

static const struct source_ops wipe_ops = { on_line, on_line, on_wiped };

static void
on_swept(void *arg, const struct sweep_counts *c)
{
	struct project *p = arg;

	p->sweep = NULL;
	p->counts.containers += c->containers;
	p->counts.networks += c->networks;
	p->counts.volumes += c->volumes;
	if (c->failed && !engine_is_up())
		return; /* project_engine_up() begins anew */
	p->is_swept = 1;
	logpair_remove(p->id);
	source_wipe(p->id, &wipe_ops, p);
}

static int
is_unwanted(const struct label *l, void *arg)
{
	const struct project *p = arg;

	return l->project_id == p->id;
}

static void
sweep(struct project *p)
{
	char filter[256];

	if (p->is_swept || p->sweep != NULL || !engine_is_up())
		return;
	label_filter_project(filter, sizeof(filter), conf()->instance, p->id);
	p->sweep = sweep_start(filter, is_unwanted, on_swept, p);
}

/* PROJECT_REMOVE: answered by PROJECT_GONE, which says what was removed. */
void
project_remove(uint64_t project_id)
{
	struct project *p;

	LIST_FOREACH(p, &projects, entry) {
		if (p->id == project_id)
			return;
	}
	build_remove_project(project_id);
	if ((p = calloc(1, sizeof(*p))) == NULL)
		fatal("project");
	p->id = project_id;
	LIST_INSERT_HEAD(&projects, p, entry);
	sweep(p);
}

void
project_engine_up(void)
{
	struct project *p;

	LIST_FOREACH(p, &projects, entry) {
		sweep(p);
	}
}

/* What was being swept is swept again. */
void
project_engine_down(void)
{
	struct project *p;

	LIST_FOREACH(p, &projects, entry) {
		sweep_cancel(p->sweep);
		p->sweep = NULL;
	}
}
