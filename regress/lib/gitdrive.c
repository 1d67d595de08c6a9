/*
 * gitdrive [-a host:port] [-c ca] [-l root] [-p bytes] [-s seconds] [-k word]
 *     [-t tar] [-w] program dir
 *
 * Plays parent and builder to one cid-git, whose root is dir: mirror/ and
 * etc/ are in it, -l roots are mounted below.  Reads the document of
 * GIT_FETCH from standard input and prints a line of JSON for all that is
 * heard.  -t streams the tree to a file; -w wipes; -k leaves, as a builder
 * that was killed does, at the first GIT_LINE with that word in it.
 */

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/unistd.h>
#include <json-c/json.h>

#include "frame.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "reason.h"

#define NOBODY 65534
#define NUMBER_OF_NOBODY "65534"
#define PARENT_FD 3

static struct msg_conf_git conf;
static const char *leave_at, *tar_path;
static int tar_file = -1, tar_pipe = -1;
static int parent_fd, builder_fd = -1;
static int wipe;

static int
try_send(int sock, uint32_t type, const void *data, size_t len, int fd)
{
	struct msg m = { type, len, fd, data };
	struct frame_queue q;
	struct frame_in in;
	int ret = 0;

	frame_init(&in, &q);
	if (frame_push(&q, &m, NULL, 0) == -1 ||
	    frame_write(&q, sock) != FRAME_OK)
		ret = -1;
	frame_clear(&in, &q);
	return ret;
}

static void
send_fd(int sock, uint32_t type, const void *data, size_t len, int fd)
{
	if (try_send(sock, type, data, len, fd) == -1)
		err(1, "%s", msg_name(type));
}

static void
bind_root(const char *root)
{
	char to[CONF_PATH_MAX + 1], *p;

	snprintf(to, sizeof(to), ".%s", root);
	for (p = to + 2; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		if (mkdir(to, 0755) == -1 && errno != EEXIST)
			err(1, "%s", to);
	}
	if (mkdir(to, 0755) == -1 && errno != EEXIST)
		err(1, "%s", to);
	if (mount(root, to, NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == -1)
		err(1, "%s", to);
}

/* What cid's gitroot.c does, as far as a test needs it. */
static _Noreturn void
become(const char *program, const char *dir, int fd)
{
	uint32_t i;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    chdir(dir) == -1)
		err(1, "%s", dir);
	for (i = 0; i < conf.local_len; i++)
		bind_root(conf.local[i]);
	if (dup2(fd, PARENT_FD) == -1)
		err(1, "dup2");
	closefrom(PARENT_FD + 1);
	execl(program, program, "-d", "-v", "-u", NUMBER_OF_NOBODY, "-g",
	    NUMBER_OF_NOBODY, "-i", "1", (char *)NULL);
	err(1, "%s", program);
}

static pid_t
start(const char *program, const char *dir)
{
	char path[4096];
	pid_t pid;
	int sp[2];

	snprintf(path, sizeof(path), "%s/mirror", dir);
	if (chown(path, NOBODY, NOBODY) == -1)
		err(1, "%s", path);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp) == -1 ||
	    (pid = fork()) == -1)
		err(1, "start");
	if (pid == 0)
		become(program, dir, sp[1] == PARENT_FD ? dup(sp[1]) : sp[1]);
	close(sp[1]);
	parent_fd = sp[0];
	send_fd(parent_fd, MSG_CONF_GIT, &conf, sizeof(conf), -1);
	send_fd(parent_fd, MSG_START, NULL, 0, -1);
	return pid;
}

/* The edge to the builder, and the order. */
static void
order(void)
{
	static char doc[MSG_SPEC_MAX];
	struct msg_peer_new pn;
	int sp[2];
	size_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp) == -1)
		err(1, "socketpair");
	memset(&pn, 0, sizeof(pn));
	pn.proc = PROC_BUILDER;
	pn.generation = 1;
	send_fd(parent_fd, MSG_PEER_NEW, &pn, sizeof(pn), sp[1]);
	close(sp[1]);
	builder_fd = sp[0];
	if (wipe) {
		send_fd(builder_fd, MSG_GIT_WIPE, NULL, 0, -1);
		return;
	}
	n = fread(doc, 1, sizeof(doc), stdin);
	send_fd(builder_fd, MSG_GIT_FETCH, doc, n, -1);
}

static void
ask_for_tar(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1 ||
	    (tar_file = open(tar_path, O_WRONLY | O_CREAT | O_TRUNC, 0600)) ==
		-1)
		err(1, "%s", tar_path);
	send_fd(builder_fd, MSG_GIT_TAR, NULL, 0, fds[1]);
	close(fds[1]);
	tar_pipe = fds[0];
}

static void
print(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	fflush(stdout);
}

static struct json_object *
event(const char *type, const char *name, const char *text, size_t len)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "type", json_object_new_string(type));
	json_object_object_add(o, name,
	    json_object_new_string_len(text, (int)len));
	return o;
}

/* Returns 1 when the job is over. */
static int
hear_done(const struct msg *m)
{
	const struct msg_git_done *gd = m->data;
	struct msg_tail t = msg_tail(m);
	struct json_object *o = event("done", "text", t.data, t.len);

	json_object_object_add(o, "ok", json_object_new_boolean(gd->ok));
	json_object_object_add(o, "reason",
	    json_object_new_string(reason_code(gd->reason)));
	json_object_object_add(o, "entries",
	    json_object_new_uint64(gd->entries));
	json_object_object_add(o, "bytes", json_object_new_uint64(gd->bytes));
	print(o);
	return 1;
}

/* It must answer at any time, also while it works; not when it has ended. */
static void
ping(void)
{
	struct msg_ping number;

	memset(&number, 0, sizeof(number));
	(void)try_send(parent_fd, MSG_PING, &number, sizeof(number), -1);
}

/* Returns 1 when nothing more is to be heard. */
static int
hear(const struct msg *m)
{
	struct msg_tail t = msg_tail(m);

	if (msg_check(m, PROC_GIT, PROC_BUILDER) != MSG_OK)
		errx(1, "a bad %s", msg_name(m->type));
	switch (m->type) {
	case MSG_GIT_LINE:
		print(event("line", "text", t.data, t.len));
		ping();
		return leave_at != NULL &&
		    memmem(t.data, t.len, leave_at, strlen(leave_at)) != NULL;
	case MSG_GIT_SPEC:
		print(event("spec", "doc", t.data, t.len));
		if (tar_path == NULL)
			return 1;
		ask_for_tar();
		return 0;
	default:
		return hear_done(m);
	}
}

/* Returns 1 when nothing more is to be heard. */
static int
read_builder(struct frame_in *in)
{
	struct msg m;
	int over = 0;

	if (frame_read(in, builder_fd) != FRAME_OK)
		return 1;
	while (!over && frame_next(in, &m) == FRAME_OK) {
		over = hear(&m);
		frame_done(in, &m);
	}
	return over;
}

/* The parent hears READY and PONG; what else there is to hear is a fault. */
static void
read_parent(struct frame_in *in)
{
	struct msg m;

	if (frame_read(in, parent_fd) != FRAME_OK) {
		close(parent_fd);
		parent_fd = -1;
		return;
	}
	while (frame_next(in, &m) == FRAME_OK) {
		if (m.type == MSG_READY)
			order();
		else if (m.type == MSG_PONG)
			print(event("pong", "text", "", 0));
		else
			errx(1, "%s to the parent", msg_name(m.type));
		frame_done(in, &m);
	}
}

static void
read_pipe(void)
{
	static char buf[65536];
	ssize_t n;

	if ((n = read(tar_pipe, buf, sizeof(buf))) > 0 &&
	    write(tar_file, buf, (size_t)n) == n)
		return;
	close(tar_pipe);
	close(tar_file);
	tar_pipe = -1;
}

static void
serve(void)
{
	struct frame_in from_parent, from_builder;
	struct frame_queue none;
	int over = 0;

	frame_init(&from_parent, &none);
	frame_init(&from_builder, &none);
	while (!over || tar_pipe != -1) {
		struct pollfd p[] = { { parent_fd, POLLIN, 0 },
			{ over ? -1 : builder_fd, POLLIN, 0 },
			{ tar_pipe, POLLIN, 0 } };

		if (poll(p, 3, -1) == -1)
			err(1, "poll");
		if (p[0].revents)
			read_parent(&from_parent);
		if (p[1].revents)
			over = read_builder(&from_builder);
		if (p[2].revents)
			read_pipe();
	}
	frame_clear(&from_parent, &none);
	frame_clear(&from_builder, &none);
}

static void
read_options(int argc, char **argv)
{
	struct conf_hostport *hp;
	char *colon;
	int c;

	conf.project_id = 1;
	conf.timeout_s = 60;
	conf.pack_max = 1 << 30;
	while ((c = getopt(argc, argv, "a:c:k:l:p:s:t:w")) != -1) {
		switch (c) {
		case 'a':
			hp = &conf.allow[conf.allow_len++];
			if ((colon = strrchr(optarg, ':')) == NULL)
				errx(2, "%s", optarg);
			*colon = '\0';
			strlcpy(hp->host, optarg, sizeof(hp->host));
			hp->port = (uint32_t)atoi(colon + 1);
			break;
		case 'c':
			strlcpy(conf.ca, optarg, sizeof(conf.ca));
			break;
		case 'k':
			leave_at = optarg;
			break;
		case 'l':
			strlcpy(conf.local[conf.local_len++], optarg,
			    sizeof(conf.local[0]));
			break;
		case 'p':
			conf.pack_max = strtoull(optarg, NULL, 10);
			break;
		case 's':
			conf.timeout_s = (uint32_t)atoi(optarg);
			break;
		case 't':
			tar_path = optarg;
			break;
		case 'w':
			wipe = 1;
			break;
		default:
			exit(2);
		}
	}
}

int
main(int argc, char **argv)
{
	struct json_object *o;
	int status;
	pid_t pid;

	read_options(argc, argv);
	if (argc - optind != 2)
		errx(2, "want program and directory");
	pid = start(argv[optind], argv[optind + 1]);
	serve();
	close(builder_fd);
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	o = event("exit", "text", "", 0);
	json_object_object_add(o, "status", json_object_new_int(status));
	print(o);
	return 0;
}
