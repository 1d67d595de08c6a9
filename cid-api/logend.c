/*
 * Knows who follows which log, and when a log is complete: cid-builder
 * writes the last line after the build has ended, and says so when asked.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "child.h"
#include "event.h"
#include "log.h"
#include "logend.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"

#define ANSWER_S 10 /* for cid-builder; then the log counts as complete */

/* A build that has ended and whose log has not. */
struct awaited {
	LIST_ENTRY(awaited) entry;
	struct msg_build build;
	struct event *limit;
};

static LIST_HEAD(, logend_follower)
followers = LIST_HEAD_INITIALIZER(followers);
static LIST_HEAD(, awaited)
awaiteds = LIST_HEAD_INITIALIZER(awaiteds);
static struct event_base *loop;

void
logend_follow(struct logend_follower *f)
{
	LIST_INSERT_HEAD(&followers, f, entry);
}

void
logend_unfollow(struct logend_follower *f)
{
	LIST_REMOVE(f, entry);
}

/* A follower that is woken may leave; no other one does. */
static void
wake_all(int64_t build_id)
{
	struct logend_follower *f, *next;

	LIST_FOREACH_SAFE(f, &followers, entry, next)
	{
		if (f->build_id == build_id)
			f->wake(f);
	}
}

static struct awaited *
awaited_find(int64_t build_id)
{
	struct awaited *a;

	LIST_FOREACH(a, &awaiteds, entry) {
		if ((int64_t)a->build.build_id == build_id)
			return a;
	}
	return NULL;
}

int
logend_is_awaited(int64_t build_id)
{
	return awaited_find(build_id) != NULL || event_is_ending(build_id);
}

static void
awaited_end(struct awaited *a)
{
	int64_t build_id = (int64_t)a->build.build_id;

	LIST_REMOVE(a, entry);
	event_free(a->limit);
	free(a);
	wake_all(build_id);
}

static void
on_limit(int fd, short what, void *arg)
{
	struct awaited *a = arg;

	(void)fd;
	(void)what;
	log_warnx("build %llu: cid-builder does not end the log",
	    (unsigned long long)a->build.build_id);
	awaited_end(a);
}

static void
await(const struct msg_build *build)
{
	struct timeval limit = { ANSWER_S, 0 };
	struct awaited *a;

	if ((a = calloc(1, sizeof(*a))) == NULL ||
	    (a->limit = event_new(loop, -1, 0, on_limit, a)) == NULL)
		fatal("log");
	a->build = *build;
	event_add(a->limit, &limit);
	LIST_INSERT_HEAD(&awaiteds, a, entry);
}

static void
on_event(struct event_listener *l, const struct event_news *news)
{
	struct msg_build build;

	(void)l;
	if (news->build_state < (int)BUILD_STATE_SUCCESS)
		return;
	memset(&build, 0, sizeof(build));
	build.build_id = (uint64_t)news->build_id;
	build.project_id = (uint64_t)news->project_id;
	build.number = news->ref;
	build.attempt = news->attempt;
	if (awaited_find(news->build_id) == NULL &&
	    peer_send(child_peer(PROC_BUILDER, 0), MSG_LOG_END, &build,
		sizeof(build)) == 0)
		await(&build);
	else
		wake_all(news->build_id);
}

static struct event_listener listener = { .f = on_event };

void
logend_init(struct event_base *base)
{
	loop = base;
	event_listen(&listener);
}

void
logend_grew(const struct msg_log_grew *g)
{
	struct awaited *a;

	if (g->ended && (a = awaited_find((int64_t)g->build.build_id)) != NULL)
		awaited_end(a);
	else
		wake_all((int64_t)g->build.build_id);
}

/* What it has not written it never will. */
void
logend_builder_down(void)
{
	struct awaited *a, *next;

	LIST_FOREACH_SAFE(a, &awaiteds, entry, next)
	{
		awaited_end(a);
	}
}
