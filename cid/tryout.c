/*
 * Asks sandboxed programs to do what they may never do, for the tests.
 */

#include "tryout.h"

#ifdef CID_REGRESS

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "kid.h"
#include "log.h"
#include "msg_conf.h"
#include "parent.h"
#include "peer.h"
#include "run.h"
#include "try.h"

#define GIT_JOB 1
#define GIT_PROJECT 999999

static struct parent *parent;
static const char *todo; /* "edge:exec,api:fork" or NULL */
static struct kid *asked;
static int has_answered; /* asked did, and is about to end */
static enum try_act act;
static int possible; /* how many acts were */

/* Take a list of proc:act, kept, not copied. */
void
tryout_set(const char *list)
{
	todo = list;
}

int
tryout_is_on(void)
{
	return todo != NULL;
}

/* 0 when nothing forbidden was possible. */
int
tryout_status(void)
{
	return possible > 0;
}

static enum proc
find_proc(const char *name, size_t len)
{
	int p;

	for (p = PROC_EDGE; p < PROC_MAX; p++) {
		if (strncmp(proc_name(p), name, len) == 0 &&
		    proc_name(p)[len] == '\0')
			return p;
	}
	fatalx("-T: no such program: %.*s", (int)len, name);
}

/* Take the next proc:act off the list.  Returns 0 when it is empty. */
static int
next_act(enum proc *proc)
{
	char name[64];
	const char *colon;
	size_t len;

	if (todo == NULL || *todo == '\0')
		return 0;
	len = strcspn(todo, ",");
	if ((colon = memchr(todo, ':', len)) == NULL)
		fatalx("-T: want program:act");
	*proc = find_proc(todo, (size_t)(colon - todo));
	snprintf(name, sizeof(name), "%.*s", (int)(todo + len - colon - 1),
	    colon + 1);
	if (try_find(name, &act) == -1)
		fatalx("-T: no such act: %s", name);
	todo += len + (todo[len] == ',');
	return 1;
}

static void
fill_target(struct msg_try *m)
{
	const struct conf *c = &parent->conf;
	const char *dir = "", *name = "";
	int n;

	switch (act) {
	case TRY_CONNECT_API:
		dir = c->run;
		name = "/ctl.sock";
		break;
	case TRY_CONNECT_DOCKER:
		dir = c->docker;
		break;
	case TRY_DATABASE:
		dir = c->data;
		name = "/db/cid.db";
		break;
	case TRY_OTHER_MIRROR:
		dir = c->data;
		name = "/mirror/1.git";
		break;
	case TRY_KEYS:
		dir = c->keys;
		name = "/builder.key";
		break;
	default:
		break;
	}
	m->addr = 0x7f000001;
	m->port = parent->conf.api[0].port; /* somebody listens there */
	n = snprintf(m->path, sizeof(m->path), "%s%s", dir, name);
	if (n < 0 || (size_t)n >= sizeof(m->path))
		fatalx("-T: path too long");
}

static void
ask(struct kid *k)
{
	struct msg_try m;

	asked = k;
	memset(&m, 0, sizeof(m));
	m.act = act;
	fill_target(&m);
	peer_send(k->peer, MSG_TRY, &m, sizeof(m));
}

/*
 * Each act of a cid-git is tried by one of its own: no builder has a use for
 * them, and it would end one that idles.
 */
static void
next(void)
{
	enum proc proc;
	struct kid *k;

	asked = NULL;
	has_answered = 0;
	if (!next_act(&proc)) {
		run_stop();
		return;
	}
	if (proc == PROC_GIT) {
		k = kid_add(PROC_GIT, GIT_JOB, GIT_PROJECT);
		if (kid_start(k) == -1)
			fatalx("-T: cid-git does not start");
	} else if ((k = kid_find(proc, 0)) == NULL) {
		fatalx("-T: no %s", proc_name(proc));
	}
	asked = k;
	if (k->is_ready)
		ask(k);
}

static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	next();
}

/* All programs are up for the first time. */
void
tryout_begin(struct parent *p)
{
	parent = p;
	if (todo != NULL)
		next();
}

/* The program that is to be asked came up (again). */
void
tryout_ready(struct kid *k)
{
	if (k == asked)
		ask(k);
}

void
tryout_done(struct kid *k, const struct msg_try *m)
{
	if (k != asked || has_answered)
		return;
	if (m->error == 0)
		possible++;
	printf("%s %s: %s\n", proc_name(k->proc), try_name(m->act),
	    m->error == 0 ? "POSSIBLE" : strerror(m->error));
	fflush(stdout);
	if (k->proc == PROC_GIT) {
		has_answered = 1;
		kill(k->pid, SIGKILL);
	} else {
		next();
	}
}

static void
print_death(const struct kid *k, int status)
{
	printf("%s %s: signal %d\n", proc_name(k->proc), try_name(act),
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	if (!WIFSIGNALED(status))
		possible++;
	fflush(stdout);
}

/* The next act waits until the parent has done with this death. */
void
tryout_gone(struct kid *k, int status)
{
	static const struct timeval now = { 0, 0 };

	if (todo == NULL)
		return;
	if (k != asked || parent == NULL)
		return;
	k->failures = 0;
	if (!has_answered)
		print_death(k, status);
	asked = NULL;
	if (event_base_once(parent->base, -1, EV_TIMEOUT, on_next, NULL,
		&now) == -1)
		fatalx("timer");
}

#else

void
tryout_set(const char *list)
{
	(void)list;
}

void
tryout_begin(struct parent *p)
{
	(void)p;
}

void
tryout_ready(struct kid *k)
{
	(void)k;
}

void
tryout_done(struct kid *k, const struct msg_try *m)
{
	(void)k;
	(void)m;
}

void
tryout_gone(struct kid *k, int status)
{
	(void)k;
	(void)status;
}

int
tryout_status(void)
{
	return 0;
}

int
tryout_is_on(void)
{
	return 0;
}

#endif
