/*
 * The one commit a build is about: found, proved to lie on its branch (S9),
 * and compared with the last one that was built.
 */

#include <string.h>

#include <git2.h>

#include "commit.h"
#include "fail.h"
#include "glob.h"
#include "spec.h"
#include "utf8.h"
#include "work.h"

/*
 * Find the commit called name, 40 hexadecimal digits; "" is the head itself.
 * Returns 0 with *commit for the caller to free, or -1 with *f set.
 */
int
commit_find(git_repository *repo, const char *name, const git_oid *head,
    git_commit **commit, struct fail *f)
{
	git_oid id;
	int e;

	if (name[0] == '\0')
		git_oid_cpy(&id, head);
	else if (strlen(name) != GIT_OID_HEXSZ || git_oid_fromstr(&id, name))
		return fail_set(f, REASON_COMMIT_MISSING,
		    "%s is not the full name of a commit", name);
	e = git_commit_lookup(commit, repo, &id);
	if (e == GIT_ENOTFOUND)
		return fail_set(f, REASON_COMMIT_MISSING,
		    "commit %.12s is not in the repository any more", name);
	if (e != 0)
		return fail_git(f, REASON_GIT_FAILED, "commit %.12s", name);
	return 0;
}

/* Returns 0 when the commit is head or an ancestor of it, else -1. */
int
commit_prove(git_commit *commit, const git_oid *head, const char *branch,
    struct fail *f)
{
	const git_oid *id = git_commit_id(commit);
	int is;

	if (git_oid_equal(id, head))
		return 0;
	is = git_graph_descendant_of(git_commit_owner(commit), head, id);
	if (is < 0)
		return fail_git(f, REASON_GIT_FAILED, "the history of %s",
		    branch);
	if (is == 0)
		return fail_set(f, REASON_COMMIT_NOT_ON_BRANCH,
		    "commit %.12s does not lie on branch %s",
		    git_oid_tostr_s(id), branch);
	return 0;
}

static void
clean(char *to, size_t size, const char *from)
{
	if (from != NULL)
		utf8_clean(to, size, from, strlen(from));
}

/* Fill in what people want to know of a commit. */
void
commit_describe(git_commit *commit, struct spec_source *s)
{
	const git_signature *by = git_commit_author(commit);

	git_oid_tostr(s->commit, sizeof(s->commit), git_commit_id(commit));
	clean(s->author, sizeof(s->author), by == NULL ? NULL : by->name);
	clean(s->email, sizeof(s->email), by == NULL ? NULL : by->email);
	clean(s->subject, sizeof(s->subject), git_commit_summary(commit));
	s->time_s = git_commit_time(commit);
	if (s->time_s < 0)
		s->time_s = 0;
}

struct comparison {
	const char *filter;
	int64_t changed;
	int matched;
};

/* Called for each file that differs; returns 1 so that none is kept. */
static int
on_difference(const git_diff *diff, const git_diff_delta *d,
    const char *pathspec, void *arg)
{
	struct comparison *c = arg;

	(void)diff;
	(void)pathspec;
	if (work_pump() == -1)
		return GIT_EUSER;
	c->changed++;
	if (!c->matched)
		c->matched = glob_filter(c->filter, d->new_file.path);
	return 1;
}

static int
compare(git_commit *base, git_commit *commit, struct comparison *c,
    struct fail *f)
{
	git_diff_options o;
	git_tree *old = NULL, *new = NULL;
	git_diff *diff = NULL;
	int e;

	git_diff_options_init(&o, GIT_DIFF_OPTIONS_VERSION);
	o.flags = GIT_DIFF_SKIP_BINARY_CHECK;
	o.notify_cb = on_difference;
	o.payload = c;
	if ((e = git_commit_tree(&old, base)) == 0 &&
	    (e = git_commit_tree(&new, commit)) == 0)
		e = git_diff_tree_to_tree(&diff, git_commit_owner(commit), old,
		    new, &o);
	git_diff_free(diff);
	git_tree_free(old);
	git_tree_free(new);
	return e == 0 ? 0
		      : fail_git(f, REASON_GIT_FAILED, "comparing two commits");
}

/*
 * Where the payload could not tell: say in *s whether a file that passes the
 * filter differs from the base.  Without a base, or with one that is gone,
 * everything counts as changed.  Returns 0, or -1 with *f set.
 */
int
commit_match(git_commit *commit, const struct spec_job *job,
    struct spec_source *s, struct fail *f)
{
	struct comparison c = { job->path_filter, 0, 0 };
	git_commit *base = NULL;
	git_oid id;
	int ret;

	s->matched = 1;
	if (!job->pending || job->base[0] == '\0')
		return 0;
	if (git_oid_fromstr(&id, job->base) != 0 ||
	    git_commit_lookup(&base, git_commit_owner(commit), &id) != 0)
		return 0;
	ret = compare(base, commit, &c, f);
	git_commit_free(base);
	s->matched = c.matched;
	s->changed = c.changed;
	return ret;
}
