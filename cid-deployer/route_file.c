/*
 * A route table as a file in memory that nobody can change any more.
 */

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "log.h"
#include "msg_route.h"
#include "route_file.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

static int
write_all(int fd, const char *p, size_t left)
{
	ssize_t n;

	while (left > 0) {
		if ((n = write(fd, p, left)) == -1 && errno != EINTR)
			return -1;
		if (n > 0) {
			p += n;
			left -= (size_t)n;
		}
	}
	return 0;
}

/*
 * Write routes into a sealed memory file, to be read from its start.  Returns
 * the descriptor, which is the caller's, or -1 after logging why.
 */
int
route_file(const struct msg_route *routes, size_t len)
{
	int fd;

	fd = memfd_create("routes", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1) {
		log_warn("route table");
		return -1;
	}
	if (write_all(fd, (const char *)routes, len * sizeof(*routes)) == -1 ||
	    fcntl(fd, F_ADD_SEALS, SEALS) == -1 ||
	    lseek(fd, 0, SEEK_SET) == -1) {
		log_warn("route table");
		close(fd);
		return -1;
	}
	return fd;
}
