/*
 * cid-git: one job on one repository.  Started by cid(8) at the request of
 * cid-builder; ends when it has said how the job went, or nobody listens.
 */

#include <stdlib.h>

#include <event2/event.h>
#include <git2.h>

#include "child.h"
#include "dispatch.h"
#include "fail.h"
#include "job.h"
#include "log.h"
#include "msg.h"
#include "report.h"
#include "sandbox_yourself.h"
#include "stream.h"
#include "work.h"

static void
builder_up(struct peer *p)
{
	report_to(p);
}

/* Nobody waits for the job any more. */
static void
builder_down(struct peer *p)
{
	(void)p;
	report_to(NULL);
	child_exit();
}

static const struct child_edge edges[] = {
	{ PROC_PARENT, git_from_parent, NULL, NULL },
	{ PROC_BUILDER, git_from_builder, builder_up, builder_down },
};

static const struct child self = { PROC_GIT, edges,
	sizeof(edges) / sizeof(edges[0]), child_exit };

/* libgit2 reads no file but the repository's own. */
static void
start_git(void)
{
	static const int levels[] = { GIT_CONFIG_LEVEL_PROGRAMDATA,
		GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
		GIT_CONFIG_LEVEL_GLOBAL };
	size_t i;
	int bad;

	bad = git_libgit2_init() < 0 || stream_register() == -1;
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		bad |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i],
			   "") != 0;
	bad |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) != 0;
	bad |= git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE,
		   (ssize_t)32 * 1024 * 1024) != 0;
	/* What was fetched must survive a power failure whole. */
	bad |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) != 0;
	bad |= git_libgit2_opts(GIT_OPT_SET_USER_AGENT, "cid") != 0;
	if (bad)
		fatalx("libgit2 could not be set up");
}

int
main(int argc, char **argv)
{
	struct event_base *base;

	child_start(&self, argc, argv);
	if (stream_load(job_get_conf()) == -1)
		fatalx("TLS could not be set up");
	sandbox_yourself(job_get_conf());
	start_git();
	if ((base = event_base_new()) == NULL)
		fatalx("event loop");
	work_begin(base);
	child_loop(base);
	while (work_alive()) {
		job_run();
		/* A slow reader is left to end this process itself. */
		if (report_is_over())
			break;
		work_idle();
	}
	job_tidy();
	git_libgit2_shutdown();
	return 0;
}
