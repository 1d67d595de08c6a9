/*
 * Starting a program, knowing whether it lives, starting it again.
 */

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "clock.h"
#include "gitroot.h"
#include "handover.h"
#include "kid.h"
#include "log.h"
#include "parent.h"
#include "peer.h"

#define BACKOFF_MAX_S 60
#define STABLE_MS 30000 /* after this long a death starts afresh */
#define ARG_MAX_LEN 16
#define ARGS_MAX 8
#define PARENT_FD 3

static LIST_HEAD(, kid)
kids = LIST_HEAD_INITIALIZER(kids);
static struct parent *parent;

static const char *const programs[PROC_MAX] = {
	[PROC_EDGE] = "cid-proxy",
	[PROC_ADMIN] = "cid-proxy",
	[PROC_API] = "cid-api",
	[PROC_BUILDER] = "cid-builder",
	[PROC_GIT] = "cid-git",
	[PROC_DEPLOYER] = "cid-deployer",
};

void
kid_init(struct parent *p)
{
	parent = p;
}

struct kid *
kid_next(struct kid *k)
{
	return k == NULL ? LIST_FIRST(&kids) : LIST_NEXT(k, entry);
}

struct kid *
kid_find(enum proc proc, uint32_t instance)
{
	struct kid *k;

	LIST_FOREACH(k, &kids, entry) {
		if (k->proc == proc && k->instance == instance)
			return k;
	}
	return NULL;
}

struct kid *
kid_by_pid(pid_t pid)
{
	struct kid *k;

	LIST_FOREACH(k, &kids, entry) {
		if (k->pid == pid)
			return k;
	}
	return NULL;
}

unsigned int
kid_count(enum proc proc)
{
	struct kid *k;
	unsigned int n = 0;

	LIST_FOREACH(k, &kids, entry)
		n += k->proc == proc && k->pid != 0;
	return n;
}

static void
on_restart(evutil_socket_t fd, short what, void *arg)
{
	struct kid *k = arg;

	(void)fd;
	(void)what;
	if (k->pid == 0 && !parent->stopping && kid_start(k) == -1)
		kid_died(k, 0);
}

/* Add a row to the table; nothing runs yet.  Fatal when out of memory. */
struct kid *
kid_add(enum proc proc, uint32_t instance, uint64_t project_id)
{
	struct kid *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		fatal("child");
	k->proc = proc;
	k->instance = instance;
	k->project_id = project_id;
	k->restart = evtimer_new(parent->base, on_restart, k);
	if (k->restart == NULL)
		fatalx("child: no timer");
	LIST_INSERT_HEAD(&kids, k, entry);
	return k;
}

/* Remove a child that has ended for good. */
void
kid_forget(struct kid *k)
{
	LIST_REMOVE(k, entry);
	event_free(k->restart);
	peer_free(k->peer);
	free(k);
}

/* A command line under way; fixed in size, because nothing may fail. */
struct command {
	char text[ARGS_MAX][ARG_MAX_LEN];
	char *argv[ARGS_MAX + 1];
	size_t len;
};

__attribute__((__format__(printf, 2, 3))) static void
add_word(struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->text[c->len], sizeof(c->text[c->len]), fmt, ap);
	va_end(ap);
	c->argv[c->len] = c->text[c->len];
	c->len++;
}

static void
write_command(const struct kid *k, struct command *c)
{
	add_word(c, "%s", programs[k->proc]);
	add_word(c, "-u%u", parent->users.of[k->proc].uid);
	add_word(c, "-g%u", parent->users.of[k->proc].gid);
	add_word(c, "-i%u", k->instance);
	if (parent->users.of[k->proc].extra != (gid_t)-1)
		add_word(c, "-G%u", parent->users.of[k->proc].extra);
	if (parent->foreground)
		add_word(c, "-d");
	if (parent->debug)
		add_word(c, "-v");
	/* One program, two roles. */
	if (k->proc == PROC_EDGE || k->proc == PROC_ADMIN)
		add_word(c, "%s", proc_name(k->proc));
}

/* In the new process: become the program.  Never returns. */
_Noreturn static void
become(const struct kid *k, int fd)
{
	static struct command c;
	static char search[] = "PATH=/usr/sbin:/usr/bin";
	char *envp[] = { search, NULL };
	char path[CONF_PATH_MAX];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	write_command(k, &c);
	if (k->proc == PROC_GIT &&
	    gitroot_enter(&parent->conf, k->project_id,
		parent->users.of[PROC_GIT].uid,
		parent->users.of[PROC_GIT].gid) == -1)
		_exit(1);
	/* dup2(2) leaves close-on-exec set when both are the same. */
	if (fd == PARENT_FD && (fd = dup(fd)) == -1)
		_exit(1);
	if (dup2(fd, PARENT_FD) == -1)
		_exit(1);
	snprintf(path, sizeof(path), CID_PROGDIR "/%s", programs[k->proc]);
	execve(path, c.argv, envp);
	log_warn("%s", path);
	_exit(1);
}

static void
on_peer_down(struct peer *p, enum msg_error error, uint32_t type)
{
	struct kid *k = peer_data(p);

	k->peer = NULL;
	if (error != MSG_OK) {
		log_warnx("%s: %s: %s", proc_name(k->proc), msg_name(type),
		    msg_strerror(error));
		kid_kill(k, "it broke the rules");
	}
}

static const struct peer_ops kid_ops = { parent_from_kid, on_peer_down };

/*
 * Start a child and hand over what it needs.  Returns 0, or -1 after logging
 * why it could not be started.
 */
int
kid_start(struct kid *k)
{
	struct peer_id id;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1) {
		log_warn("%s", programs[k->proc]);
		return -1;
	}
	k->pid = fork();
	if (k->pid == 0)
		become(k, sv[1]);
	close(sv[1]);
	if (k->pid == -1) {
		log_warn("%s", programs[k->proc]);
		k->pid = 0;
		close(sv[0]);
		return -1;
	}
	k->generation = ++parent->generation;
	k->started_ms = k->heard_ms = clock_ms();
	k->is_ready = 0;
	id = (struct peer_id){ PROC_PARENT, k->proc, k->instance,
		k->generation };
	k->peer = peer_new(parent->base, sv[0], &id, &kid_ops);
	if (k->peer == NULL)
		fatal("%s", programs[k->proc]);
	peer_set_data(k->peer, k);
	handover_send(parent, k);
	log_debug("%s %u: pid %d", proc_name(k->proc), k->instance,
	    (int)k->pid);
	return 0;
}

static void
schedule_restart(struct kid *k)
{
	struct timeval tv = { 0, 0 };
	unsigned int shift;

	if (clock_ms() - k->started_ms > STABLE_MS)
		k->failures = 0;
	if (k->failures > 0) {
		shift = k->failures - 1 > 6 ? 6 : k->failures - 1;
		tv.tv_sec = 1 << shift;
		if (tv.tv_sec > BACKOFF_MAX_S)
			tv.tv_sec = BACKOFF_MAX_S;
		log_info("%s starts again in %ld s", proc_name(k->proc),
		    (long)tv.tv_sec);
	}
	k->failures++;
	evtimer_add(k->restart, &tv);
}

static void
log_death(const struct kid *k, int status)
{
	/* The builder ends a cid-git that it has no more use for. */
	if (k->proc == PROC_GIT && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGKILL)
		return;
	if (WIFSIGNALED(status))
		log_warnx("%s %u ended by signal %d%s", proc_name(k->proc),
		    k->instance, WTERMSIG(status),
		    WTERMSIG(status) == SIGSYS ? " (sandbox)" : "");
	else if (WEXITSTATUS(status) != 0)
		log_warnx("%s %u ended with status %d", proc_name(k->proc),
		    k->instance, WEXITSTATUS(status));
}

/*
 * A child is gone: tell the rest of the parent, then start it again, the
 * first time at once.  A cid-git is done when it ends.
 */
void
kid_died(struct kid *k, int status)
{
	log_death(k, status);
	k->pid = 0;
	k->is_ready = 0;
	peer_free(k->peer);
	k->peer = NULL;
	parent_kid_gone(k, status);
	if (k->proc == PROC_GIT)
		kid_forget(k);
	else if (!parent->stopping)
		schedule_restart(k);
}

/* End a child that misbehaves; kid_died() follows by SIGCHLD. */
void
kid_kill(struct kid *k, const char *why)
{
	if (k->pid == 0)
		return;
	log_warnx("%s %u is killed: %s", proc_name(k->proc), k->instance, why);
	kill(k->pid, SIGKILL);
}
