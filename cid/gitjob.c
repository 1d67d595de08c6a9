/*
 * Starts a cid-git when the builder asks for one: it can't itself, because
 * what it starts would keep its groups.
 */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "gitjob.h"
#include "gitroot.h"
#include "kid.h"
#include "log.h"
#include "msg_build.h"
#include "parent.h"
#include "peer.h"
#include "reason.h"

/*
 * Start the job, or answer GIT_REFUSED.  The number of jobs is bounded; a
 * mirror has one job at a time.  The edge follows when the job is ready.
 */
void
gitjob_start(struct parent *p, struct kid *builder,
    const struct msg_git_start *gs)
{
	struct msg_git_start refused = *gs;
	struct kid *k = NULL;

	while ((k = kid_next(k)) != NULL) {
		if (k->proc == PROC_GIT &&
		    (k->instance == gs->job || k->project_id == gs->project_id))
			break;
	}
	if (k != NULL || p->stopping ||
	    kid_count(PROC_GIT) >= p->conf.builds_parallel + 2) {
		log_warnx("git job %u of project %llu is refused", gs->job,
		    (unsigned long long)gs->project_id);
		refused.reason = REASON_INTERNAL;
		peer_send(builder->peer, MSG_GIT_REFUSED, &refused,
		    sizeof(refused));
		return;
	}
	k = kid_add(PROC_GIT, gs->job, gs->project_id);
	if (kid_start(k) == -1) {
		refused.reason = REASON_INTERNAL;
		peer_send(builder->peer, MSG_GIT_REFUSED, &refused,
		    sizeof(refused));
		kid_forget(k);
	}
}

/* The builder has no more use for this job, or for any of the project. */
void
gitjob_kill(const struct msg_git_start *gs)
{
	struct kid *k = NULL;

	while ((k = kid_next(k)) != NULL) {
		if (k->proc == PROC_GIT && k->project_id == gs->project_id &&
		    (gs->job == 0 || k->instance == gs->job) && k->pid != 0)
			kill(k->pid, SIGKILL);
	}
}

/*
 * Without the builder that asked for them nobody has a use for any job, nor
 * waits for one: the next builder counts its own from 1 again.
 */
void
gitjob_orphaned(void)
{
	struct kid *k = NULL;

	while ((k = kid_next(k)) != NULL) {
		if (k->proc != PROC_GIT)
			continue;
		k->joined = 1;
		if (k->pid != 0)
			kill(k->pid, SIGKILL);
	}
}

/*
 * A job that died before it was joined leaves the builder waiting for an
 * edge: say so.  Afterwards the builder sees the end of its edge.
 */
void
gitjob_ended(struct parent *p, struct kid *k)
{
	struct msg_git_start m;
	struct kid *builder = kid_find(PROC_BUILDER, 0);

	gitroot_leave(&p->conf, k->project_id);
	if (k->joined || builder == NULL || !builder->is_ready)
		return;
	memset(&m, 0, sizeof(m));
	m.job = k->instance;
	m.project_id = k->project_id;
	m.reason = REASON_INTERNAL;
	peer_send(builder->peer, MSG_GIT_REFUSED, &m, sizeof(m));
}
