#ifndef CID_SANDBOX_H
#define CID_SANDBOX_H

#include <stddef.h>

struct child_user;

enum sandbox_access {
	SANDBOX_READ,	/* files and directories below the path */
	SANDBOX_WRITE,	/* the same, and make, change, remove them */
	SANDBOX_EXECUTE /* read and map shared objects */
};

/* A path that is not there is skipped. */
struct sandbox_path {
	const char *path;
	enum sandbox_access access;
};

#define SANDBOX_UNIX 0x1 /* socket(AF_UNIX) */
#define SANDBOX_INET 0x2 /* socket(AF_INET, AF_INET6), stream and datagram */

struct sandbox {
	const char *root;		  /* chroot here; NULL: stay */
	const struct sandbox_path *paths; /* NULL: no path at all */
	size_t paths_len;
	unsigned int sockets; /* which socket(2) answers; else EAFNOSUPPORT */
	const int *calls;     /* besides those of every program */
	size_t calls_len;
	size_t files_max; /* RLIMIT_NOFILE; 0: as it is */
};

void sandbox_enter(const struct sandbox *, const struct child_user *);

#endif /* CID_SANDBOX_H */
