/*
 * The only place of cid-git that connects: every address of a host is judged
 * before, and what was judged is what is connected to (S18).
 */

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "connect.h"
#include "fail.h"
#include "msg_conf.h"
#include "url.h"
#include "work.h"

#define CONNECT_MS 10000
#define ADDRESSES_MAX 4

static struct addrinfo *
resolve(const struct url *u, struct fail *f)
{
	struct addrinfo hints, *list;
	int e;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	if ((e = getaddrinfo(u->host, u->port, &hints, &list)) == 0)
		return list;
	fail_set(f, REASON_GIT_UNREACHABLE, "%s has no address: %s", u->host,
	    e == EAI_SYSTEM ? strerror(errno) : gai_strerror(e));
	return NULL;
}

static int
is_allowed(const struct addrinfo *ai, const struct url *u,
    const struct msg_conf_git *conf)
{
	return addr_judge(ai->ai_addr, u->host, u->port_number, conf->allow,
		   conf->allow_len) != ADDR_REFUSED;
}

/* Wait for a connection under way.  Returns 0, or -1 with errno. */
static int
await(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (work_wait(fd, 1, CONNECT_MS) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Returns a connected socket that does not block, or -1 with errno. */
static int
connect_one(const struct addrinfo *ai)
{
	int error, fd, on = 1;

	fd = socket(ai->ai_family,
	    ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && await(fd) == 0))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/*
 * Connect to the first address of u's host that may be reached and answers.
 * Returns a socket that does not block, or -1 with *f set.
 */
int
connect_to(const struct url *u, const struct msg_conf_git *conf, struct fail *f)
{
	struct addrinfo *ai, *list;
	int fd = -1, refused = 0, tries = 0;

	if ((list = resolve(u, f)) == NULL)
		return -1;
	for (ai = list; ai != NULL && fd == -1; ai = ai->ai_next) {
		if (!is_allowed(ai, u, conf)) {
			refused = 1;
			continue;
		}
		if (tries++ == ADDRESSES_MAX)
			break;
		fd = connect_one(ai);
		if (fd == -1 && errno == ECANCELED)
			break;
	}
	if (fd == -1 && tries > 0)
		fail_set(f, REASON_GIT_UNREACHABLE, "%s port %s: %s", u->host,
		    u->port, strerror(errno));
	else if (fd == -1 && refused)
		fail_set(f, REASON_GIT_ADDRESS,
		    "%s port %s is not a public address; the operator can "
		    "allow it, see cid.conf(5)",
		    u->host, u->port);
	freeaddrinfo(list);
	return fd;
}
