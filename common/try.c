/*
 * Test builds only: a program does, on demand and in its real sandbox, what
 * it may never do.  Acts whose system call is not expected at all end the
 * process, which its parent sees.
 */

#include "try.h"

#ifdef CID_REGRESS

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "msg_conf.h"
#include "peer.h"

#define PARENT_FD 3 /* as in child.c */
#define CONNECT_S 2 /* before an unanswered connect counts as refused */

/* Each act returns -1 with errno set, or something else when it was done. */
typedef int try_f(const struct msg_try *);

static int
done_with(int fd)
{
	if (fd != -1)
		close(fd);
	return fd;
}

static int
open_read(const struct msg_try *m)
{
	const char *path = m->path[0] != '\0' ? m->path : "/etc/passwd";

	return done_with(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

static int
open_write(const struct msg_try *m)
{
	const char *path = m->path[0] != '\0' ? m->path : "/tmp/cid-try";
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd != -1)
		unlink(path);
	return done_with(fd);
}

static int
open_change(const struct msg_try *m)
{
	return done_with(open(m->path, O_RDWR | O_CLOEXEC));
}

/* When it is possible the program is gone, with status 0 instead of a signal. */
static int
exec_other(const struct msg_try *m)
{
	char path[] = "/bin/true";
	char *argv[] = { path, NULL };

	(void)m;
	return execv(path, argv);
}

static int
fork_child(const struct msg_try *m)
{
	pid_t pid;

	(void)m;
	if ((pid = fork()) == 0)
		_exit(0);
	return pid;
}

static int
socket_inet(const struct msg_try *m)
{
	(void)m;
	return done_with(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
socket_unix(const struct msg_try *m)
{
	(void)m;
	return done_with(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
socket_netlink(const struct msg_try *m)
{
	(void)m;
	return done_with(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int
connect_to(int family, const void *sa, socklen_t len)
{
	struct timeval limit = { .tv_sec = CONNECT_S };
	int fd, ret, saved;

	if ((fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	ret = connect(fd, sa, len);
	saved = errno == EINPROGRESS ? ETIMEDOUT : errno;
	close(fd);
	errno = saved;
	return ret;
}

static int
connect_tcp(const struct msg_try *m)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(m->addr);
	sin.sin_port = htons((uint16_t)m->port);
	return connect_to(AF_INET, &sin, sizeof(sin));
}

static int
connect_unix(const struct msg_try *m)
{
	struct sockaddr_un sun;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, m->path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return connect_to(AF_UNIX, &sun, sizeof(sun));
}

/* On any port, or as a name that the kernel picks. */
static int
listen_somewhere(const struct msg_try *m)
{
	struct sockaddr_in sin;
	sa_family_t family = AF_UNIX;
	int fd, ret, saved;

	(void)m;
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) != -1)
		ret = bind(fd, (struct sockaddr *)&sin, sizeof(sin));
	else if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) != -1)
		ret = bind(fd, (struct sockaddr *)&family, sizeof(family));
	else
		return -1;
	if (ret == 0)
		ret = listen(fd, 1);
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

static int
be_traced(const struct msg_try *m)
{
	(void)m;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
become_root(const struct msg_try *m)
{
	(void)m;
	return (int)syscall(SYS_setresuid, 0, 0, 0);
}

/* Signal 0 is only checked for permission. */
static int
signal_parent(const struct msg_try *m)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	(void)m;
	if (getsockopt(PARENT_FD, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	return kill(cred.pid, 0);
}

static int
map_code(const struct msg_try *m)
{
	void *p;

	(void)m;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	munmap(p, 4096);
	return 0;
}

static const struct {
	const char *name;
	try_f *f;
} acts[TRY_ACTS] = {
	[TRY_OPEN_READ] = { "open-read", open_read },
	[TRY_OPEN_WRITE] = { "open-write", open_write },
	[TRY_EXEC] = { "exec", exec_other },
	[TRY_FORK] = { "fork", fork_child },
	[TRY_SOCKET_INET] = { "socket-inet", socket_inet },
	[TRY_SOCKET_UNIX] = { "socket-unix", socket_unix },
	[TRY_SOCKET_OTHER] = { "socket-other", socket_netlink },
	[TRY_CONNECT_TCP] = { "connect-tcp", connect_tcp },
	[TRY_CONNECT_API] = { "connect-api", connect_unix },
	[TRY_CONNECT_DOCKER] = { "connect-docker", connect_unix },
	[TRY_LISTEN] = { "listen", listen_somewhere },
	[TRY_DATABASE] = { "database", open_change },
	[TRY_OTHER_MIRROR] = { "other-mirror", open_read },
	[TRY_KEYS] = { "keys", open_read },
	[TRY_PTRACE] = { "ptrace", be_traced },
	[TRY_SETUID] = { "setuid", become_root },
	[TRY_KILL] = { "kill", signal_parent },
	[TRY_MMAP_EXEC] = { "mmap-exec", map_code },
};

const char *
try_name(enum try_act act)
{
	return act < TRY_ACTS ? acts[act].name : "unknown";
}

/* The act of that name.  Returns 0, or -1 when there is none. */
int
try_find(const char *name, enum try_act *act)
{
	int i;

	for (i = 0; i < TRY_ACTS; i++) {
		if (strcmp(acts[i].name, name) == 0) {
			*act = (enum try_act)i;
			return 0;
		}
	}
	return -1;
}

/* Do what was asked and tell whoever asked what came of it. */
void
try_answer(struct peer *p, const struct msg_try *m)
{
	struct msg_try answer = *m;

	answer.error = acts[m->act].f(m) == -1 ? errno : 0;
	peer_send(p, MSG_TRY_DONE, &answer, sizeof(answer));
}

#endif
