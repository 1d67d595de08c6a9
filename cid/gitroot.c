/*
 * The file system that one cid-git sees: its one mirror, what a resolver
 * reads, and the roots of "git local", mounted where nobody else sees them.
 * The program makes it its root before it drops privileges.
 */

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "conf.h"
#include "gitroot.h"
#include "log.h"

static const char *const resolver_files[] = {
	"/etc/gai.conf",
	"/etc/hosts",
	"/etc/nsswitch.conf",
	"/etc/resolv.conf",
};

static void
mirror_path(const struct conf *c, uint64_t id, char *path, size_t size)
{
	snprintf(path, size, "%s/mirror/%" PRIu64 ".git", c->data, id);
}

/* Make the directories that lead to path, below the working directory. */
static int
make_parents(char *path)
{
	char *p;

	for (p = path; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return 0;
}

/* Mount from at the same path (or at `at`) below the working directory. */
static int
bind_mount(const char *from, const char *at, int read_only)
{
	char to[CONF_PATH_MAX + 16];
	struct stat st;
	unsigned long flags =
	    MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int fd;

	if (stat(from, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	strlcpy(to, at[0] == '/' ? at + 1 : at, sizeof(to));
	if (make_parents(to) == -1)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(to, 0755) == -1 && errno != EEXIST)
			return -1;
	} else {
		fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd == -1)
			return -1;
		close(fd);
	}
	if (read_only)
		flags |= MS_RDONLY;
	if (mount(from, to, NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, to, NULL, flags, NULL) == -1)
		return -1;
	return 0;
}

static int
mount_all(const struct conf *c, const char *mirror)
{
	size_t i;

	if (bind_mount(mirror, "mirror", 0) == -1) {
		log_warn("%s", mirror);
		return -1;
	}
	for (i = 0; i < sizeof(resolver_files) / sizeof(char *); i++) {
		if (bind_mount(resolver_files[i], resolver_files[i], 1) == -1) {
			log_warn("%s", resolver_files[i]);
			return -1;
		}
	}
	for (i = 0; i < c->git_local_len; i++) {
		if (bind_mount(c->git_local[i], c->git_local[i], 1) == -1) {
			log_warn("%s", c->git_local[i]);
			return -1;
		}
	}
	return 0;
}

/*
 * In the forked child, as root: make and enter that file system, as working
 * directory.  Returns 0, or -1 after logging why.
 */
int
gitroot_enter(const struct conf *c, uint64_t project_id, uid_t uid, gid_t gid)
{
	char mirror[CONF_PATH_MAX + 32], root[CONF_PATH_MAX + 8];

	mirror_path(c, project_id, mirror, sizeof(mirror));
	snprintf(root, sizeof(root), "%s/git", c->run);
	if ((mkdir(mirror, 0700) == -1 && errno != EEXIST) ||
	    lchown(mirror, uid, gid) == -1) {
		log_warn("%s", mirror);
		return -1;
	}
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("cid-git", root, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"mode=755,size=1m") == -1 ||
	    chdir(root) == -1) {
		log_warn("%s", root);
		return -1;
	}
	return mount_all(c, mirror);
}

/* After a cid-git ended: drop the mirror's directory if it wiped it. */
void
gitroot_leave(const struct conf *c, uint64_t project_id)
{
	char mirror[CONF_PATH_MAX + 32];

	mirror_path(c, project_id, mirror, sizeof(mirror));
	if (rmdir(mirror) == -1 && errno != ENOTEMPTY && errno != ENOENT)
		log_warn("%s", mirror);
}
