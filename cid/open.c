/*
 * What the parent opens: directories with the right owners, listening
 * sockets, the two local sockets.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "conf.h"
#include "log.h"
#include "open.h"
#include "users.h"

#define BACKLOG 4096

/* Make or correct one directory.  A link in its place is refused. */
static int
make_dir(const char *base, const char *sub, uid_t uid, gid_t gid, mode_t mode)
{
	char path[CONF_PATH_MAX + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s%s", base, sub[0] ? "/" : "", sub);
	if (mkdir(path, 0700) == -1 && errno != EEXIST) {
		log_warn("%s", path);
		return -1;
	}
	if (lstat(path, &st) == -1 || !S_ISDIR(st.st_mode)) {
		log_warnx("%s: not a directory", path);
		return -1;
	}
	if (lchown(path, uid, gid) == -1 || chmod(path, mode) == -1) {
		log_warn("%s", path);
		return -1;
	}
	return 0;
}

/* Make what lies below data and run.  Returns 0, or -1 after logging. */
int
open_directories(const struct conf *c, const struct users *u)
{
	uid_t api = u->of[PROC_API].uid, build = u->of[PROC_BUILDER].uid;
	gid_t api_gid = u->of[PROC_API].gid;

	if (make_dir(c->data, "", 0, 0, 0755) == -1 ||
	    make_dir(c->data, "db", api, api_gid, 0700) == -1 ||
	    make_dir(c->data, "log", build, api_gid, 02750) == -1 ||
	    make_dir(c->data, "mirror", 0, 0, 0700) == -1 ||
	    make_dir(c->data, "backup", 0, 0, 0700) == -1 ||
	    make_dir(c->run, "", 0, 0, 0755) == -1 ||
	    make_dir(c->run, "empty", 0, 0, 0555) == -1 ||
	    make_dir(c->run, "git", 0, 0, 0755) == -1 ||
	    make_dir(c->run, "front", 0, u->of[PROC_ADMIN].gid, 0750) == -1)
		return -1;
	return 0;
}

static int
set_option(int fd, int level, int name)
{
	int on = 1;

	return setsockopt(fd, level, name, &on, sizeof(on));
}

static int
listen_tcp(const struct conf_listen *l, int reuseport)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a;
	socklen_t len = sizeof(a.in);
	int fd;

	memset(&a, 0, sizeof(a));
	a.sa.sa_family = AF_INET;
	a.in.sin_port = htons((uint16_t)l->port);
	if (inet_pton(AF_INET, l->address, &a.in.sin_addr) != 1) {
		a.sa.sa_family = AF_INET6;
		inet_pton(AF_INET6, l->address, &a.in6.sin6_addr);
		a.in6.sin6_port = htons((uint16_t)l->port);
		len = sizeof(a.in6);
	}
	fd = socket(a.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (fd == -1 || set_option(fd, SOL_SOCKET, SO_REUSEADDR) == -1 ||
	    (reuseport && set_option(fd, SOL_SOCKET, SO_REUSEPORT) == -1) ||
	    (a.sa.sa_family == AF_INET6 &&
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1) ||
	    bind(fd, &a.sa, len) == -1 || listen(fd, BACKLOG) == -1) {
		log_warn("listen on %s port %u", l->address, l->port);
		if (fd != -1)
			close(fd);
		return -1;
	}
	/* Inherited by what is accepted, so nobody has to set it again. */
	set_option(fd, IPPROTO_TCP, TCP_NODELAY);
	return fd;
}

/*
 * A local socket.  It is made in a directory only root writes, so nobody
 * puts another in its place between these calls.
 */
static int
listen_local(const char *dir, const char *name, uid_t uid, gid_t gid)
{
	struct sockaddr_un sun;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", dir, name);
	if (unlink(sun.sun_path) == -1 && errno != ENOENT) {
		log_warn("%s", sun.sun_path);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(sun.sun_path, 0660) == -1 ||
	    lchown(sun.sun_path, uid, gid) == -1 || listen(fd, BACKLOG) == -1) {
		log_warn("%s", sun.sun_path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	return fd;
}

static void
forget_all(struct open *o)
{
	size_t w, i;

	for (w = 0; w < CONF_WORKERS_MAX; w++) {
		for (i = 0; i < CONF_LISTEN_MAX; i++)
			o->proxy[w][i] = -1;
	}
	for (i = 0; i < CONF_LISTEN_MAX; i++)
		o->api[i] = -1;
	o->ctl = o->front = -1;
}

/*
 * Open every listener.  Returns 0, or -1 after logging which one failed;
 * what was opened until then is closed.
 */
int
open_listeners(const struct conf *c, const struct users *u, struct open *o)
{
	char front[CONF_PATH_MAX + 8];
	uint32_t w, i;

	forget_all(o);
	for (w = 0; w < c->workers; w++) {
		for (i = 0; i < c->proxy_len; i++) {
			o->proxy[w][i] =
			    listen_tcp(&c->proxy[i], c->workers > 1);
			if (o->proxy[w][i] == -1)
				goto fail;
		}
	}
	for (i = 0; i < c->api_len; i++) {
		if ((o->api[i] = listen_tcp(&c->api[i], 0)) == -1)
			goto fail;
	}
	snprintf(front, sizeof(front), "%s/front", c->run);
	o->ctl = listen_local(c->run, "ctl.sock", 0, u->ctl);
	o->front = listen_local(front, "api.sock", u->of[PROC_API].uid,
	    u->of[PROC_ADMIN].gid);
	if (o->ctl == -1 || o->front == -1)
		goto fail;
	return 0;
fail:
	open_close(o);
	return -1;
}

static void
close_one(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* Stop listening; connections that wait in a queue are refused. */
void
open_close(struct open *o)
{
	size_t w, i;

	for (w = 0; w < CONF_WORKERS_MAX; w++) {
		for (i = 0; i < CONF_LISTEN_MAX; i++)
			close_one(&o->proxy[w][i]);
	}
	for (i = 0; i < CONF_LISTEN_MAX; i++)
		close_one(&o->api[i]);
	close_one(&o->ctl);
	close_one(&o->front);
}
