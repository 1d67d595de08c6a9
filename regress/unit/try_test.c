/*
 * Without a sandbox every act is possible: what the sandbox tests see refused
 * was refused by the sandbox.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <event2/event.h>

#include "frame.h"
#include "log.h"
#include "msg.h"
#include "msg_conf.h"
#include "peer.h"
#include "try.h"

#define PARENT_FD 3

static char dir[] = "/tmp/cid-try-test-XXXXXX";
static char file[64], unix_path[64];
static int unix_fd, tcp_fd;
static uint32_t port;

static int
set_up(void **unused)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd;

	(void)unused;
	log_init("try_test", 1, 0);
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(unix_path, sizeof(unix_path), "%s/sock", dir);
	if ((fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == -1)
		return -1;
	close(fd);
	strlcpy(sun.sun_path, unix_path, sizeof(sun.sun_path));
	unix_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(unix_fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(unix_fd, 8) == -1 ||
	    bind(tcp_fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(tcp_fd, 8) == -1 ||
	    getsockname(tcp_fd, (struct sockaddr *)&sin, &len) == -1)
		return -1;
	port = ntohs(sin.sin_port);
	return 0;
}

static int
tear_down(void **unused)
{
	(void)unused;
	close(unix_fd);
	close(tcp_fd);
	unlink(file);
	unlink(unix_path);
	return rmdir(dir);
}

static void
fill(struct msg_try *m, enum try_act act)
{
	memset(m, 0, sizeof(*m));
	m->act = act;
	m->addr = INADDR_LOOPBACK;
	m->port = port;
	switch (act) {
	case TRY_CONNECT_API:
	case TRY_CONNECT_DOCKER:
		strlcpy(m->path, unix_path, sizeof(m->path));
		break;
	case TRY_DATABASE:
	case TRY_KEYS:
		strlcpy(m->path, file, sizeof(m->path));
		break;
	case TRY_OTHER_MIRROR:
		strlcpy(m->path, dir, sizeof(m->path));
		break;
	case TRY_OPEN_WRITE:
		snprintf(m->path, sizeof(m->path), "%s/new", dir);
		break;
	default:
		break;
	}
}

/* The program that is asked; it ends as soon as it has answered. */
static void
serve(int fd, enum try_act act)
{
	static const struct peer_id id = { PROC_EDGE, PROC_PARENT, 0, 0 };
	static const struct peer_ops none;
	struct event_base *base;
	struct msg_try m;
	struct peer *p;

	dup2(fd, PARENT_FD);
	base = event_base_new();
	p = peer_new(base, PARENT_FD, &id, &none);
	fill(&m, act);
	try_answer(p, &m);
	_exit(0);
}

/* Let a new process do it.  Returns its answer, -1 when there was none. */
static int
outcome(enum try_act act)
{
	struct frame_queue none;
	struct frame_in in;
	struct msg m;
	int fds[2], status, ret = -1;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	if ((pid = fork()) == 0)
		serve(fds[1], act);
	assert_int_not_equal(pid, -1);
	close(fds[1]);
	frame_init(&in, &none);
	if (frame_read(&in, fds[0]) == FRAME_OK &&
	    frame_next(&in, &m) == FRAME_OK) {
		assert_int_equal(msg_check(&m, PROC_EDGE, PROC_PARENT), MSG_OK);
		assert_int_equal(m.type, MSG_TRY_DONE);
		ret = ((const struct msg_try *)m.data)->error;
		frame_done(&in, &m);
	}
	frame_clear(&in, &none);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return ret;
}

static void
every_act_is_possible_outside(void **unused)
{
	enum try_act act;

	(void)unused;
	for (act = 0; act < TRY_ACTS; act++) {
		if (act == TRY_EXEC || (act == TRY_SETUID && geteuid() != 0))
			continue;
		if (outcome(act) != 0)
			fail_msg("%s: %d", try_name(act), outcome(act));
	}
}

static void
exec_leaves_nobody_to_answer(void **unused)
{
	(void)unused;
	assert_int_equal(outcome(TRY_EXEC), -1);
}

static void
each_act_has_its_name(void **unused)
{
	enum try_act act, found;

	(void)unused;
	for (act = 0; act < TRY_ACTS; act++) {
		assert_int_equal(try_find(try_name(act), &found), 0);
		assert_int_equal(found, act);
	}
	assert_int_equal(try_find("nothing", &found), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_act_is_possible_outside),
		cmocka_unit_test(exec_leaves_nobody_to_answer),
		cmocka_unit_test(each_act_has_its_name),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
