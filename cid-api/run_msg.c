/*
 * What cid-builder is told about a build.  The row decides: whatever was
 * committed last is sent, now or when cid-builder is back.
 */

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "db.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "ending.h"
#include "log.h"
#include "msg_build.h"
#include "peer.h"
#include "run_msg.h"
#include "run_spec.h"
#include "spec.h"

void
run_name(const struct build *b, struct msg_build *m)
{
	memset(m, 0, sizeof(*m));
	m->build_id = (uint64_t)b->id;
	m->project_id = (uint64_t)b->project_id;
	m->number = (uint32_t)b->ref;
	m->attempt = (uint32_t)b->attempt;
}

/* A build that runs waits for the engine with a reason, too. */
int
run_is_ending(const struct build *b)
{
	return b->state == BUILD_STATE_BUILDING && b->reason != REASON_NONE &&
	    b->reason != REASON_ENGINE_DOWN;
}

static void
send_document(const struct build *b, uint32_t type, const struct schema *schema,
    const void *doc)
{
	struct msg_build m;
	char *text;
	size_t len;

	if ((text = schema_print(schema, doc, &len)) == NULL) {
		log_warnx("build %lld: no memory", (long long)b->id);
		return;
	}
	run_name(b, &m);
	if (len > MSG_SPEC_MAX)
		log_warnx("build %lld: %s of %zu bytes", (long long)b->id,
		    msg_name(type), len);
	else
		peer_send_tail(child_peer(PROC_BUILDER, 0), type, &m, sizeof(m),
		    text, len);
	free(text);
}

/* Git compares with the last commit that was built on the branch. */
static void
find_base(const struct build *b, char base[NAME_COMMIT_MAX])
{
	struct build last;

	if (db_build_last_of_branch(b->project_id, b->branch, &last) != 1)
		return;
	strlcpy(base, last.commit, NAME_COMMIT_MAX);
	db_build_free(&last);
}

static void
fill_job(struct spec_job *job, const struct build *b, const struct project *p,
    const struct environment *e)
{
	memset(job, 0, sizeof(*job));
	strlcpy(job->project, p->name, sizeof(job->project));
	strlcpy(job->environment, e->name, sizeof(job->environment));
	strlcpy(job->repo, p->repo_url, sizeof(job->repo));
	strlcpy(job->branch, b->branch, sizeof(job->branch));
	strlcpy(job->commit, b->commit, sizeof(job->commit));
	strlcpy(job->source_dir, p->working_directory, sizeof(job->source_dir));
	job->build_type = p->build_type;
	job->pending = b->is_pending;
	if (!b->is_pending)
		return;
	strlcpy(job->path_filter, p->path_filter, sizeof(job->path_filter));
	find_base(b, job->base);
}

static void
send_start(const struct build *b)
{
	struct environment e;
	struct project p;
	struct spec_job job;

	if (db_project_get(b->project_id, &p) != 1)
		return;
	if (db_env_get(b->environment_id, &e) == 1) {
		fill_job(&job, b, &p, &e);
		if (db_credential_git(p.id, &job.git) != -1)
			send_document(b, MSG_BUILD_START, &spec_job_schema,
			    &job);
		db_sealed_free(&job.git, 1);
	}
	db_project_free(&p);
}

static void
send_go(const struct build *b)
{
	struct schema_error e;
	struct run_spec spec;

	if (schema_parse(&run_spec_schema, b->spec, strlen(b->spec), &spec,
		NULL, &e) == -1) {
		log_warnx("build %lld: spec: %s %s", (long long)b->id, e.field,
		    e.reason);
		return;
	}
	send_document(b, MSG_BUILD_GO, &spec_build_schema, &spec.build);
	schema_free(&run_spec_schema, &spec);
}

static void
send_cancel(const struct build *b)
{
	struct msg_build_end m;
	char text[1024];

	memset(&m, 0, sizeof(m));
	run_name(b, &m.build);
	m.result = BUILD_CANCELLED;
	m.reason = (uint32_t)b->reason;
	ending_sentence(text, sizeof(text), (enum reason)b->reason, b->message);
	peer_send_tail(child_peer(PROC_BUILDER, 0), MSG_BUILD_CANCEL, &m,
	    sizeof(m), text, strlen(text));
}

/* Say it if the row still asks for it. */
static void
send_order(const struct build *b, enum run_order order)
{
	if (b->state != BUILD_STATE_BUILDING)
		return;
	if (run_is_ending(b))
		send_cancel(b);
	else if (order == RUN_START)
		send_start(b);
	else if (order == RUN_GO && b->spec != NULL)
		send_go(b);
}

struct waiting {
	int64_t build_id;
	enum run_order order;
};

static void
send_committed(void *arg, int committed)
{
	struct waiting *w = arg;
	struct build b;

	if (committed && db_build_get(w->build_id, &b) == 1) {
		send_order(&b, w->order);
		db_build_free(&b);
	}
	free(w);
}

/* Tell cid-builder when the turn's changes are on disk. */
void
run_tell(const struct build *b, enum run_order order)
{
	struct waiting *w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		log_warn("build %lld", (long long)b->id);
		return;
	}
	w->build_id = b->id;
	w->order = order;
	db_after_commit(send_committed, w);
}
