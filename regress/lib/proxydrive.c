/*
 * proxydrive [-b body] [-c clients] [-d domain] [-g drain_ms] [-h head_ms]
 *     [-i idle_ms] [-o connect_ms] [-u upstream_ms] program role dir
 *
 * Plays parent and deployer to one cid-proxy, role edge or admin, whose root
 * is dir.  Slots are in 127.1.0.0/16.  Prints a line of JSON for what is
 * heard and for each listener made.  Commands on standard input:
 *
 *	set|del generation env release slot host prefix addr port drain body
 *	table generation n	(n routes follow, each as after "set")
 *	load generation n	(the same, from the deployer)
 *	start			(after table, if there is one)
 *	deployer		(an edge to a new deployer)
 *	adopt | drop number
 *	stop
 *
 * host and prefix "-" are empty; port 0 is a vacant route.
 */

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/unistd.h>

#include "frame.h"
#include "msg.h"
#include "msg_conf.h"
#include "msg_route.h"

#define NUMBER_OF_NOBODY "65534"
#define PARENT_FD 3
#define ROUTES_MAX 20000

static struct msg_conf_edge conf = {
	.pool = { 0x7f010000, 16 },
	.head_timeout_ms = 10000,
	.idle_timeout_ms = 60000,
	.connect_timeout_ms = 5000,
	.upstream_timeout_ms = 60000,
	.drain_ms = 30000,
	.clients_max = 1000,
};
static enum proc role;
static uint32_t listeners;
static uint64_t deployers;
static int parent_fd, deployer_fd = -1;
static struct frame_in from_parent, from_deployer;

static void
send_fd(int sock, uint32_t type, const void *data, size_t len, int fd)
{
	struct msg m = { type, len, fd, data };
	struct frame_queue q;
	struct frame_in in;

	frame_init(&in, &q);
	if (frame_push(&q, &m, NULL, 0) == -1 ||
	    frame_write(&q, sock) != FRAME_OK)
		err(1, "%s", msg_name(type));
	frame_clear(&in, &q);
}

static void
add_listener(uint32_t type)
{
	const int on = 1;
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	struct msg_listener m;
	int fd;

	memset(&m, 0, sizeof(m));
	m.kind = role == PROC_EDGE ? LISTENER_VISITORS : LISTENER_OPERATORS;
	m.number = listeners++;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, 1024) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "listener");
	send_fd(parent_fd, type, &m, sizeof(m), fd);
	close(fd);
	printf("{\"type\":\"listener\",\"number\":%u,\"port\":%u}\n", m.number,
	    ntohs(sin.sin_port));
}

static _Noreturn void
become(const char *program, int fd)
{
	if (dup2(fd, PARENT_FD) == -1)
		err(1, "dup2");
	closefrom(PARENT_FD + 1);
	execl(program, program, "-d", "-v", "-u", NUMBER_OF_NOBODY, "-g",
	    NUMBER_OF_NOBODY, "-i", "0", proc_name(role), (char *)NULL);
	err(1, "%s", program);
}

static pid_t
start(const char *program, const char *dir)
{
	struct msg_conf_admin admin;
	pid_t pid;
	int sp[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp) == -1 ||
	    (pid = fork()) == -1)
		err(1, "start");
	if (pid == 0)
		become(program, sp[1] == PARENT_FD ? dup(sp[1]) : sp[1]);
	close(sp[1]);
	parent_fd = sp[0];
	if (role == PROC_EDGE) {
		strlcpy(conf.root, dir, sizeof(conf.root));
		send_fd(parent_fd, MSG_CONF_EDGE, &conf, sizeof(conf), -1);
		add_listener(MSG_LISTENER_EDGE);
		return pid;
	}
	memset(&admin, 0, sizeof(admin));
	admin.head_timeout_ms = conf.head_timeout_ms;
	admin.idle_timeout_ms = conf.idle_timeout_ms;
	admin.clients_max = conf.clients_max;
	strlcpy(admin.host, conf.domain, sizeof(admin.host));
	strlcpy(admin.root, dir, sizeof(admin.root));
	send_fd(parent_fd, MSG_CONF_ADMIN, &admin, sizeof(admin), -1);
	add_listener(MSG_LISTENER_ADMIN);
	return pid;
}

static void
new_deployer(void)
{
	struct msg_peer_new pn;
	int sp[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp) == -1)
		err(1, "socketpair");
	memset(&pn, 0, sizeof(pn));
	pn.proc = PROC_DEPLOYER;
	pn.generation = ++deployers;
	send_fd(parent_fd, MSG_PEER_NEW, &pn, sizeof(pn), sp[1]);
	close(sp[1]);
	if (deployer_fd != -1)
		close(deployer_fd);
	deployer_fd = sp[0];
}

/* Read "generation env release slot host prefix addr port drain body". */
static void
read_route(const char *s, struct msg_route *r)
{
	char host[ROUTE_HOST_MAX], prefix[ROUTE_PREFIX_MAX], addr[32];
	struct in_addr in;

	memset(r, 0, sizeof(*r));
	if (sscanf(s,
		"%" SCNu64 " %" SCNu64 " %" SCNu64 " %u %255s %63s %31s %u %u "
		"%" SCNu64,
		&r->generation, &r->env_id, &r->release_id, &r->slot, host,
		prefix, addr, &r->port, &r->drain_ms, &r->body_max) != 10 ||
	    inet_pton(AF_INET, addr, &in) != 1)
		errx(1, "not a route: %s", s);
	r->addr = ntohl(in.s_addr);
	r->state = r->port == 0 ? ROUTE_VACANT : ROUTE_LIVE;
	strlcpy(r->host, strcmp(host, "-") == 0 ? "" : host, sizeof(r->host));
	strlcpy(r->prefix, strcmp(prefix, "-") == 0 ? "" : prefix,
	    sizeof(r->prefix));
}

/* Send the n routes that follow on standard input as one file. */
static void
send_file(int sock, uint32_t type, const char *args)
{
	static struct msg_route routes[ROUTES_MAX];
	struct msg_route_load m;
	char line[1024];
	uint32_t i;
	int fd;

	memset(&m, 0, sizeof(m));
	if (sscanf(args, "%" SCNu64 " %u", &m.generation, &m.count) != 2 ||
	    m.count > ROUTES_MAX)
		errx(1, "not a table: %s", args);
	for (i = 0; i < m.count && fgets(line, sizeof(line), stdin); i++)
		read_route(line, &routes[i]);
	fd = memfd_create("routes", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1 ||
	    write(fd, routes, sizeof(routes[0]) * i) !=
		(ssize_t)(sizeof(routes[0]) * i) ||
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == -1)
		err(1, "memfd");
	send_fd(sock, type, &m, sizeof(m), fd);
	close(fd);
}

static void
drop_listener(const char *args)
{
	struct msg_listener m;

	memset(&m, 0, sizeof(m));
	m.kind = LISTENER_VISITORS;
	m.number = (uint32_t)atoi(args);
	send_fd(parent_fd, MSG_LISTENER_DROP, &m, sizeof(m), -1);
}

static void
command(char *line)
{
	char *args = line + strcspn(line, " \n");
	struct msg_route r;

	if (*args != '\0')
		*args++ = '\0';
	if (strcmp(line, "set") == 0 || strcmp(line, "del") == 0) {
		read_route(args, &r);
		send_fd(deployer_fd,
		    line[0] == 's' ? MSG_ROUTE_SET : MSG_ROUTE_DEL, &r,
		    sizeof(r), -1);
	} else if (strcmp(line, "load") == 0) {
		send_file(deployer_fd, MSG_ROUTE_LOAD, args);
	} else if (strcmp(line, "table") == 0) {
		send_file(parent_fd, MSG_ROUTE_TABLE, args);
	} else if (strcmp(line, "start") == 0) {
		send_fd(parent_fd, MSG_START, NULL, 0, -1);
	} else if (strcmp(line, "deployer") == 0) {
		new_deployer();
	} else if (strcmp(line, "adopt") == 0) {
		add_listener(MSG_LISTENER_ADOPT);
	} else if (strcmp(line, "drop") == 0) {
		drop_listener(args);
	} else if (strcmp(line, "stop") == 0) {
		send_fd(parent_fd, MSG_STOP, NULL, 0, -1);
	} else {
		errx(1, "no such command: %s", line);
	}
}

static void
hear(const struct msg *m)
{
	const struct msg_route_load *l = m->data;
	const struct msg_route_drained *d = m->data;

	switch (m->type) {
	case MSG_ROUTE_ACK:
		printf("{\"type\":\"ack\",\"generation\":%" PRIu64
		       ",\"count\":%u}\n",
		    l->generation, l->count);
		break;
	case MSG_ROUTE_DRAINED:
		printf("{\"type\":\"drained\",\"generation\":%" PRIu64
		       ",\"env\":%" PRIu64 ",\"release\":%" PRIu64
		       ",\"slot\":%u,\"cut\":%u}\n",
		    d->generation, d->env_id, d->release_id, d->slot, d->cut);
		break;
	default:
		printf("{\"type\":\"%s\"}\n", msg_name(m->type));
	}
}

/* Returns 0 when the other side is gone. */
static int
read_frames(struct frame_in *in, int fd, enum proc to)
{
	struct msg m;

	if (frame_read(in, fd) != FRAME_OK)
		return 0;
	while (frame_next(in, &m) == FRAME_OK) {
		if (msg_check(&m, role, to) != MSG_OK)
			errx(1, "a bad %s", msg_name(m.type));
		hear(&m);
		frame_done(in, &m);
	}
	return 1;
}

/* Until the proxy ends, or nobody commands any more. */
static void
serve(void)
{
	struct frame_queue none;
	char line[1024];

	frame_init(&from_parent, &none);
	frame_init(&from_deployer, &none);
	for (;;) {
		struct pollfd p[] = { { parent_fd, POLLIN, 0 },
			{ deployer_fd, POLLIN, 0 },
			{ STDIN_FILENO, POLLIN, 0 } };

		fflush(stdout);
		if (poll(p, 3, -1) == -1)
			err(1, "poll");
		if (p[0].revents &&
		    !read_frames(&from_parent, parent_fd, PROC_PARENT))
			return;
		if (p[1].revents &&
		    !read_frames(&from_deployer, deployer_fd, PROC_DEPLOYER)) {
			close(deployer_fd);
			deployer_fd = -1;
			puts("{\"type\":\"down\"}");
		}
		if (p[2].revents) {
			if (fgets(line, sizeof(line), stdin) == NULL)
				return;
			command(line);
		}
	}
}

static void
read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "b:c:d:g:h:i:o:u:")) != -1) {
		switch (c) {
		case 'b':
			conf.body_max = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			conf.clients_max = (uint32_t)atoi(optarg);
			break;
		case 'd':
			strlcpy(conf.domain, optarg, sizeof(conf.domain));
			break;
		case 'g':
			conf.drain_ms = (uint32_t)atoi(optarg);
			break;
		case 'h':
			conf.head_timeout_ms = (uint32_t)atoi(optarg);
			break;
		case 'i':
			conf.idle_timeout_ms = (uint32_t)atoi(optarg);
			break;
		case 'o':
			conf.connect_timeout_ms = (uint32_t)atoi(optarg);
			break;
		case 'u':
			conf.upstream_timeout_ms = (uint32_t)atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	read_options(argc, argv);
	if (argc - optind != 3)
		errx(2, "want program, role and directory");
	role = strcmp(argv[optind + 1], "edge") == 0 ? PROC_EDGE : PROC_ADMIN;
	/* Commands are taken one by one: poll(2) sees all there is. */
	setvbuf(stdin, NULL, _IONBF, 0);
	pid = start(argv[optind], argv[optind + 2]);
	printf("{\"type\":\"pid\",\"pid\":%d}\n", (int)pid);
	serve();
	close(parent_fd);
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	printf("{\"type\":\"exit\",\"status\":%d}\n", status);
	return 0;
}
