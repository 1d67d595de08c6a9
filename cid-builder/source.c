/*
 * Drives a cid-git: the parent starts it, and once its edge is there it is
 * told to fetch, later to stream the tree into a pipe.  A project has one at
 * a time; the parent refuses a second one until the first is buried.
 */

#include <sys/time.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "child.h"
#include "log.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"
#include "reason.h"
#include "schema.h"
#include "source.h"
#include "spec.h"

#define RETRY_FIRST_MS 20
#define RETRIES_MAX 9 /* 10 s in all */
#define PATIENT 2     /* retries before who is in the way must end */

struct source {
	LIST_ENTRY(source) entry;
	const struct source_ops *ops;
	void *arg;
	struct event *retry;
	uint64_t project_id;
	uint32_t job;
	char *order; /* GIT_FETCH; NULL: GIT_WIPE */
	size_t order_len;
	unsigned int retries;
	struct peer *peer; /* NULL: not there yet */
};

static LIST_HEAD(, source)
sources = LIST_HEAD_INITIALIZER(sources);
static struct event_base *loop;
static uint32_t last_job;

void
source_init(struct event_base *base)
{
	loop = base;
}

static struct source *
find(uint32_t job)
{
	struct source *s;

	LIST_FOREACH(s, &sources, entry) {
		if (s->job == job)
			return s;
	}
	return NULL;
}

static void
forget(struct source *s)
{
	LIST_REMOVE(s, entry);
	if (s->retry != NULL)
		event_free(s->retry);
	freezero(s->order, s->order_len);
	free(s);
}

static void
tell_parent(const struct source *s, uint32_t type, uint32_t job)
{
	struct msg_git_start m;

	memset(&m, 0, sizeof(m));
	m.project_id = s->project_id;
	m.job = job;
	peer_send(child_parent(), type, &m, sizeof(m));
}

/* End a job whose result nobody wants any more.  NULL is allowed. */
void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	tell_parent(s, MSG_GIT_KILL, s->job);
	forget(s);
}

static void
over(struct source *s, const struct msg_git_done *done, const char *text,
    size_t len)
{
	s->ops->over(s->arg, done, text, len);
	forget(s);
}

/* A number that a job before it can't be mistaken for. */
static void
start(struct source *s)
{
	s->job = ++last_job;
	tell_parent(s, MSG_GIT_START, s->job);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	start(arg);
}

static struct source *
source_new(uint64_t project_id, const struct source_ops *ops, void *arg)
{
	struct source *s;

	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->retry = event_new(loop, -1, 0, on_retry, s)) == NULL)
		fatal("source");
	s->project_id = project_id;
	s->ops = ops;
	s->arg = arg;
	LIST_INSERT_HEAD(&sources, s, entry);
	return s;
}

/*
 * Have the job's commit fetched and described.  token is the credential, ""
 * without one; nothing of job or token is needed after this.
 */
struct source *
source_fetch(uint64_t project_id, const struct spec_job *job, const char *token,
    const struct source_ops *ops, void *arg)
{
	struct source *s = source_new(project_id, ops, arg);
	struct spec_fetch fetch;

	memset(&fetch, 0, sizeof(fetch));
	fetch.job = *job;
	/* cid-git needs no box, but where the token may go. */
	memset(&fetch.job.git, 0, sizeof(fetch.job.git));
	strlcpy(fetch.job.git.origin, job->git.origin,
	    sizeof(fetch.job.git.origin));
	if (*token != '\0' && (fetch.token = strdup(token)) == NULL)
		fatal("source");
	s->order = schema_print(&spec_fetch_schema, &fetch, &s->order_len);
	if (fetch.token != NULL)
		freezero(fetch.token, strlen(fetch.token));
	if (s->order == NULL)
		fatal("source");
	start(s);
	return s;
}

/* Have the project's mirror removed. */
struct source *
source_wipe(uint64_t project_id, const struct source_ops *ops, void *arg)
{
	struct source *s = source_new(project_id, ops, arg);

	start(s);
	return s;
}

/*
 * Have the tree of what was fetched written to a pipe.  Returns its other
 * end, or -1 after logging.
 */
int
source_tar(struct source *s)
{
	int fds[2], ret;

	if (pipe2(fds, O_CLOEXEC) == -1) {
		log_warn("pipe");
		return -1;
	}
	ret = peer_send_fd(s->peer, MSG_GIT_TAR, NULL, 0, MSG_NO_TAIL, fds[1]);
	close(fds[1]);
	if (ret == 0)
		return fds[0];
	close(fds[0]);
	return -1;
}

/* The edge to a cid-git is there. */
void
source_up(struct peer *p)
{
	struct source *s = find(peer_instance(p));

	if (s == NULL) /* its job was given up meanwhile */
		return;
	s->peer = p;
	if (s->order == NULL)
		peer_send(p, MSG_GIT_WIPE, NULL, 0);
	else
		peer_send_tail(p, MSG_GIT_FETCH, NULL, 0, s->order,
		    s->order_len);
	freezero(s->order, s->order_len);
	s->order = NULL;
	s->order_len = 0;
}

void
source_down(struct peer *p)
{
	struct source *s = find(peer_instance(p));

	if (s != NULL)
		over(s, NULL, "", 0);
}

void
source_from_git(struct peer *p, struct msg *m)
{
	struct source *s = find(peer_instance(p));
	struct msg_tail t = msg_tail(m);

	if (s == NULL)
		return;
	switch (m->type) {
	case MSG_GIT_LINE:
		s->ops->line(s->arg, t.data, t.len);
		break;
	case MSG_GIT_SPEC:
		s->ops->spec(s->arg, t.data, t.len);
		break;
	case MSG_GIT_DONE:
		over(s, m->data, t.data, t.len);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

/*
 * The parent has no room, or the project's last job is not buried yet: it may
 * be tidying up its mirror, which can wait.
 */
void
source_refused(const struct msg_git_start *m)
{
	struct source *s = find(m->job);
	struct timeval tv;
	unsigned int ms;

	if (s == NULL)
		return;
	if (s->retries == RETRIES_MAX) {
		over(s, NULL, "", 0);
		return;
	}
	if (s->retries == PATIENT)
		tell_parent(s, MSG_GIT_KILL, 0);
	ms = RETRY_FIRST_MS << s->retries++;
	tv.tv_sec = ms / 1000;
	tv.tv_usec = ms % 1000 * 1000L;
	event_add(s->retry, &tv);
}
