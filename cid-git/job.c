/*
 * The one job of this process: fetch, find, read, say what was found; then,
 * when told to go on, stream the tree.  Orders are noted by the handlers of
 * messages and carried out by job_run(), outside of the event loop.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <git2.h>

#include "commit.h"
#include "fail.h"
#include "fetch.h"
#include "file.h"
#include "job.h"
#include "lfs.h"
#include "log.h"
#include "mirror.h"
#include "msg.h"
#include "msg_conf.h"
#include "repack.h"
#include "report.h"
#include "schema.h"
#include "spec.h"
#include "tar.h"
#include "work.h"

enum order {
	ORDER_NONE,
	ORDER_FETCH,
	ORDER_TAR,
	ORDER_WIPE,
	ORDER_BAD /* what came can't be done */
};

static struct msg_conf_git conf;
static struct spec_fetch what;
static git_repository *repo;
static git_commit *commit; /* what GIT_SPEC told of */
static struct fail fail;
static enum order order;
static int tar_fd = -1;

void
job_conf(const struct msg_conf_git *c)
{
	conf = *c;
}

const struct msg_conf_git *
job_get_conf(void)
{
	return &conf;
}

/* One order after the other; a builder that has it otherwise is mistaken. */
static void
want(enum order o)
{
	if (order != ORDER_NONE) {
		log_warnx("the builder asks for two things at once");
		fail_set(&fail, REASON_INTERNAL, "two orders at once");
	}
	order = o;
	work_wake();
}

void
job_want_fetch(struct msg_tail doc)
{
	struct schema_error e;

	if (what.job.repo[0] != '\0') {
		fail_set(&fail, REASON_INTERNAL, "a second fetch");
		want(ORDER_BAD);
	} else if (schema_parse(&spec_fetch_schema, doc.data, doc.len, &what,
		       NULL, &e) == -1) {
		fail_set(&fail, REASON_INTERNAL, "the job: %s %s", e.field,
		    e.reason);
		want(ORDER_BAD);
	} else {
		want(ORDER_FETCH);
	}
}

void
job_want_tar(int fd)
{
	if (tar_fd != -1)
		close(tar_fd);
	tar_fd = fd;
	want(ORDER_TAR);
}

void
job_want_wipe(void)
{
	want(ORDER_WIPE);
}

/*
 * Find the job's commit.  When the branch does not have it, all branches are
 * asked, so that the right reason is given.
 */
static int
find_commit(const git_oid *head)
{
	const char *name = what.job.commit;

	if (commit_find(repo, name, head, &commit, &fail) == 0)
		return commit_prove(commit, head, what.job.branch, &fail);
	if (fail.reason != REASON_COMMIT_MISSING)
		return -1;
	memset(&fail, 0, sizeof(fail));
	if (fetch_all(&conf, &what, repo, &fail) == -1 ||
	    commit_find(repo, name, head, &commit, &fail) == -1)
		return -1;
	return commit_prove(commit, head, what.job.branch, &fail);
}

/* Fill in all that the builder wants to know. */
static int
find_source(struct spec_source *s)
{
	git_tree *tree = NULL;
	git_oid head;
	int ret = -1;

	if (fetch_branch(&conf, &what, &repo, &head, &fail) == -1 ||
	    find_commit(&head) == -1)
		return -1;
	commit_describe(commit, s);
	if (git_commit_tree(&tree, commit) != 0) {
		fail_git(&fail, REASON_GIT_FAILED, "the tree of the commit");
	} else if (commit_match(commit, &what.job, s, &fail) == 0 &&
	    file_read(tree, what.job.source_dir, s, &fail) == 0) {
		ret = lfs_find(tree, &s->lfs, &fail);
	}
	git_tree_free(tree);
	return ret;
}

static void
run_fetch(void)
{
	struct spec_source s;

	memset(&s, 0, sizeof(s));
	report_line("Fetching branch %s of %s", what.job.branch, what.job.repo);
	if (find_source(&s) == -1 || report_spec(&s, &fail) == -1)
		report_fail(&fail);
	if (what.token != NULL)
		freezero(what.token, strlen(what.token));
	what.token = NULL;
	schema_free(&spec_source_schema, &s);
}

static void
run_tar(void)
{
	struct tar_sum sum;

	if (commit == NULL) {
		fail_set(&fail, REASON_INTERNAL, "nothing was fetched");
		report_fail(&fail);
	} else if (tar_write(commit, tar_fd, &sum, &fail) == -1) {
		report_fail(&fail);
	} else {
		if (sum.submodules > 0)
			report_line("%u submodules are left out.",
			    sum.submodules);
		report_done(sum.entries, sum.bytes, sum.deepest);
	}
	close(tar_fd);
	tar_fd = -1;
}

static void
run_wipe(void)
{
	if (mirror_wipe(&fail) == -1)
		report_fail(&fail);
	else
		report_done(0, 0, "");
}

/* Carry out the order that is noted, if any. */
void
job_run(void)
{
	enum order o = order;

	order = ORDER_NONE;
	switch (o) {
	case ORDER_FETCH:
		run_fetch();
		break;
	case ORDER_TAR:
		run_tar();
		break;
	case ORDER_WIPE:
		run_wipe();
		break;
	case ORDER_BAD:
		report_fail(&fail);
		break;
	case ORDER_NONE:
		break;
	}
}

/* Nobody waits any more: look after the mirror.  The last call. */
void
job_tidy(void)
{
	git_commit_free(commit);
	commit = NULL;
	if (repo != NULL && what.job.repo[0] != '/' && work_alive())
		repack_small(repo);
	git_repository_free(repo);
	repo = NULL;
	schema_free(&spec_fetch_schema, &what);
}
