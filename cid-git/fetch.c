/*
 * Brings a repository's branch here: over https into the project's mirror,
 * what is missing only; a repository of this machine is read where it lies.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <git2.h>

#include "clock.h"
#include "fail.h"
#include "fetch.h"
#include "mirror.h"
#include "msg_conf.h"
#include "report.h"
#include "spec.h"
#include "stream.h"
#include "url.h"
#include "work.h"

#define LINE_MS 500 /* between two lines of progress */

/* One talk with a server. */
struct fetch {
	const struct msg_conf_git *conf;
	const struct spec_fetch *what;
	struct fail *fail;
	struct url url;
	git_remote *remote;
	int asked; /* the token was sent and refused */
	uint64_t last_line;
};

/* Only to the origin it is bound to, and once. */
static int
give_credential(git_credential **out, const char *url, const char *user,
    unsigned int types, void *arg)
{
	struct fetch *f = arg;
	const char *host = f->url.host;

	(void)url;
	(void)user;
	if (!(types & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
		return GIT_PASSTHROUGH;
	if (f->what->token == NULL)
		fail_set(f->fail, REASON_GIT_REFUSED,
		    "%s asks for a credential and the project has none; a "
		    "repository that is hidden or gone looks the same",
		    host);
	else if (!url_is_below(&f->url, f->what->job.git.origin))
		fail_set(f->fail, REASON_GIT_REFUSED,
		    "the project's token is meant for %s",
		    f->what->job.git.origin);
	else if (f->asked)
		fail_set(f->fail, REASON_GIT_REFUSED,
		    "%s refused the project's token", host);
	else {
		f->asked = 1;
		return git_credential_userpass_plaintext_new(out,
		    "x-access-token", f->what->token);
	}
	return GIT_EUSER;
}

static void
say_progress(struct fetch *f, const git_indexer_progress *p)
{
	uint64_t now = clock_ms();

	if (now - f->last_line < LINE_MS || p->total_objects == 0)
		return;
	f->last_line = now;
	if (p->received_objects < p->total_objects)
		report_line("Receiving objects: %u of %u, %.1f MiB",
		    p->received_objects, p->total_objects,
		    (double)p->received_bytes / 1048576);
	else
		report_line("Resolving deltas: %u of %u", p->indexed_deltas,
		    p->total_deltas);
}

static int
on_progress(const git_indexer_progress *p, void *arg)
{
	struct fetch *f = arg;

	if (work_pump() == -1)
		return GIT_EUSER;
	if (p->received_bytes > f->conf->pack_max) {
		fail_set(f->fail, REASON_GIT_TOO_LARGE,
		    "%s sends more than the %.1f MiB that are allowed",
		    f->url.host, (double)f->conf->pack_max / 1048576);
		return GIT_EUSER;
	}
	if (stream_is_late()) {
		fail_set(f->fail, REASON_GIT_UNREACHABLE,
		    "fetching from %s took longer than allowed", f->url.host);
		return GIT_EUSER;
	}
	say_progress(f, p);
	return 0;
}

static int
says(const git_error *e, const char *what)
{
	return e != NULL && e->message != NULL &&
	    strstr(e->message, what) != NULL;
}

/* Find the reason for what libgit2 only has words for.  Returns -1. */
static int
explain(struct fetch *f, int error)
{
	static const struct {
		const char *words;
		enum reason reason;
	} known[] = {
		{ "status code: 404", REASON_GIT_NOT_FOUND },
		{ "status code: 410", REASON_GIT_NOT_FOUND },
		{ "status code: 401", REASON_GIT_REFUSED },
		{ "status code: 403", REASON_GIT_REFUSED },
		{ "status code: 429", REASON_GIT_UNREACHABLE },
		{ "status code: 5", REASON_GIT_UNREACHABLE },
		{ "redirect", REASON_GIT_ADDRESS },
		{ "No space left", REASON_DISK_FULL },
		{ "File too large", REASON_GIT_TOO_LARGE },
	};
	const git_error *e = git_error_last();
	size_t i;

	if (error == GIT_EAUTH)
		return fail_git(f->fail, REASON_GIT_REFUSED, "%s", f->url.host);
	if (e != NULL && e->klass == GIT_ERROR_NOMEMORY)
		return fail_set(f->fail, REASON_GIT_TOO_LARGE,
		    "an object of the repository needs too much memory");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (says(e, known[i].words))
			return fail_git(f->fail, known[i].reason, "%s%s",
			    f->url.host, f->url.path);
	}
	return fail_git(f->fail, REASON_GIT_FAILED, "%s", f->url.host);
}

static void
fill_callbacks(git_remote_callbacks *cb, struct fetch *f)
{
	cb->credentials = give_credential;
	cb->transfer_progress = on_progress;
	cb->payload = f;
}

/* Returns 0 with f->remote connected, or -1 with the failure set. */
static int
connect_remote(struct fetch *f, git_repository *repo)
{
	git_remote_connect_options o;
	const char *why;
	int e;

	if (url_parse(f->what->job.repo, &f->url, &why) == -1)
		return fail_set(f->fail, REASON_GIT_ADDRESS, "%s %s",
		    f->what->job.repo, why);
	git_remote_connect_options_init(&o, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	fill_callbacks(&o.callbacks, f);
	o.proxy_opts.type = GIT_PROXY_NONE;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	stream_use(f->conf, &f->url, f->fail);
	e = git_remote_create_anonymous(&f->remote, repo, f->what->job.repo);
	if (e == 0)
		e = git_remote_connect_ext(f->remote, GIT_DIRECTION_FETCH, &o);
	return e == 0 ? 0 : explain(f, e);
}

/* Get what a refspec names; with keep, our references follow. */
static int
download(struct fetch *f, const char *refspec, int keep)
{
	git_fetch_options o;
	char spec[2 * NAME_BRANCH_MAX + 32];
	char *specs[] = { spec };
	git_strarray list = { specs, 1 };
	int e;

	snprintf(spec, sizeof(spec), "%s", refspec);
	git_fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	fill_callbacks(&o.callbacks, f);
	o.proxy_opts.type = GIT_PROXY_NONE;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.update_fetchhead = 0;
	e = git_remote_download(f->remote, &list, &o);
	if (e == 0 && keep)
		e = git_remote_update_tips(f->remote, &o.callbacks, 0,
		    GIT_REMOTE_DOWNLOAD_TAGS_NONE, NULL);
	return e == 0 ? 0 : explain(f, e);
}

/* What the server says the branch's head is. */
static int
find_head(struct fetch *f, git_oid *head)
{
	char name[NAME_BRANCH_MAX + 16];
	const git_remote_head **heads;
	size_t i, n;

	if (git_remote_ls(&heads, &n, f->remote) != 0)
		return explain(f, -1);
	snprintf(name, sizeof(name), "refs/heads/%s", f->what->job.branch);
	for (i = 0; i < n; i++) {
		if (strcmp(heads[i]->name, name) != 0)
			continue;
		git_oid_cpy(head, &heads[i]->oid);
		return 0;
	}
	return fail_set(f->fail, REASON_BRANCH_MISSING,
	    n == 0 ? "the repository is empty; it has no branch %s"
		   : "the repository has no branch %s",
	    f->what->job.branch);
}

static void
hang_up(struct fetch *f)
{
	if (f->remote == NULL)
		return;
	git_remote_disconnect(f->remote);
	git_remote_free(f->remote);
}

static int
has_head(git_repository *repo, const char *branch, const git_oid *head)
{
	char name[NAME_BRANCH_MAX + 16];
	git_oid ours;

	snprintf(name, sizeof(name), "refs/heads/%s", branch);
	return git_reference_name_to_id(&ours, repo, name) == 0 &&
	    git_oid_equal(&ours, head);
}

static int
fetch_remote(struct fetch *f, git_repository **repo, git_oid *head)
{
	const char *branch = f->what->job.branch;
	const git_indexer_progress *p;
	char spec[2 * NAME_BRANCH_MAX + 32];
	uint64_t start = clock_ms();
	int ret = -1;

	if (mirror_open(repo, f->fail) == -1 ||
	    connect_remote(f, *repo) == -1 || find_head(f, head) == -1)
		goto done;
	if (has_head(*repo, branch, head)) {
		report_line("Branch %s is up to date.", branch);
		ret = 0;
		goto done;
	}
	snprintf(spec, sizeof(spec), "+refs/heads/%s:refs/heads/%s", branch,
	    branch);
	if (mirror_make_room(*repo, branch, f->fail) == -1 ||
	    download(f, spec, 1) == -1)
		goto done;
	p = git_remote_stats(f->remote);
	report_line("Fetched branch %s: %u objects, %.1f MiB in %.1f s.",
	    branch, p->received_objects, (double)p->received_bytes / 1048576,
	    (double)(clock_ms() - start) / 1000);
	ret = 0;
done:
	hang_up(f);
	return ret;
}

/* A local path is read in place; see "git local" in cid.conf(5). */
static int
open_local(struct fetch *f, git_repository **repo, git_oid *head)
{
	const char *path = f->what->job.repo;
	char name[NAME_BRANCH_MAX + 16];
	uint32_t i;
	int e;

	for (i = 0; i < f->conf->local_len; i++) {
		if (url_is_under(path, f->conf->local[i]))
			break;
	}
	if (i == f->conf->local_len)
		return fail_set(f->fail, REASON_GIT_ADDRESS,
		    "%s is not below a \"git local\" of cid.conf(5)", path);
	e = git_repository_open_ext(repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
	    NULL);
	if (e == GIT_ENOTFOUND)
		return fail_set(f->fail, REASON_GIT_NOT_FOUND,
		    "%s is not a git repository that cid's git user can read",
		    path);
	if (e != 0)
		return fail_git(f->fail, REASON_GIT_FAILED, "%s", path);
	snprintf(name, sizeof(name), "refs/heads/%s", f->what->job.branch);
	e = git_reference_name_to_id(head, *repo, name);
	if (e == GIT_ENOTFOUND)
		return fail_set(f->fail, REASON_BRANCH_MISSING,
		    "the repository has no branch %s", f->what->job.branch);
	if (e != 0)
		return fail_git(f->fail, REASON_GIT_FAILED, "%s", path);
	return 0;
}

/*
 * Bring the job's branch here.  Returns 0 with *head its newest commit and
 * *repo, which the caller frees also on failure, or -1 with *fail set.
 */
int
fetch_branch(const struct msg_conf_git *conf, const struct spec_fetch *what,
    git_repository **repo, git_oid *head, struct fail *fail)
{
	struct fetch f;

	memset(&f, 0, sizeof(f));
	f.conf = conf;
	f.what = what;
	f.fail = fail;
	f.last_line = clock_ms();
	if (what->job.repo[0] == '/')
		return open_local(&f, repo, head);
	return fetch_remote(&f, repo, head);
}

/*
 * Bring the commits of all branches here, to tell a commit of another branch from one that
 * is gone.  Returns 0 or -1 with *fail set.
 */
int
fetch_all(const struct msg_conf_git *conf, const struct spec_fetch *what,
    git_repository *repo, struct fail *fail)
{
	struct fetch f;
	int ret;

	if (what->job.repo[0] == '/')
		return 0;
	memset(&f, 0, sizeof(f));
	f.conf = conf;
	f.what = what;
	f.fail = fail;
	f.last_line = clock_ms();
	ret = connect_remote(&f, repo);
	if (ret == 0)
		ret = download(&f, "+refs/heads/*:refs/heads/*", 0);
	hang_up(&f);
	return ret;
}
