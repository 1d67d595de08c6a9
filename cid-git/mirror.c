/*
 * The bare repository of one project, the only place this program writes.
 * It may be found in any state a SIGKILL or a power failure left it in.
 */

#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "mirror.h"

#define LOCK_NAME "cid.lock"
#define DEPTH_MAX 64

static int remove_below(int dir, int depth);

/* Remove one entry, whatever it is. */
static int
remove_entry(int dir, const char *name, int depth)
{
	int fd, ret;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR || depth == DEPTH_MAX)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	ret = remove_below(fd, depth + 1);
	return ret == 0 ? unlinkat(dir, name, AT_REMOVEDIR) : ret;
}

/* Remove what is in a directory, which is closed.  Returns 0 or -1. */
static int
remove_below(int dir, int depth)
{
	struct dirent *d;
	DIR *dp;
	int bad = 0;

	if ((dp = fdopendir(dir)) == NULL) {
		close(dir);
		return -1;
	}
	while ((d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 ||
		    (depth == 0 && strcmp(d->d_name, LOCK_NAME) == 0))
			continue;
		bad |= remove_entry(dirfd(dp), d->d_name, depth);
	}
	closedir(dp);
	return bad == 0 ? 0 : -1;
}

/*
 * Empty the mirror, HEAD first: what is left of a wipe that was cut short is
 * not taken for a repository.
 */
static int
empty(struct fail *f)
{
	int fd;

	fd = open(MIRROR_PATH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return fail_set(f, REASON_INTERNAL, "the mirror: %s",
		    strerror(errno));
	unlinkat(fd, "HEAD", 0);
	if (remove_below(fd, 0) == -1)
		return fail_set(f, REASON_INTERNAL,
		    "the mirror can't be removed: %s", strerror(errno));
	return 0;
}

/*
 * One process at a time: the lock lasts as long as this one lives, and to
 * wait for it is to wait for one that is being killed.
 */
static int
lock(struct fail *f)
{
	static int fd = -1;

	if (fd != -1)
		return 0;
	fd =
	    open(MIRROR_PATH "/" LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		return fail_set(f, REASON_INTERNAL, "the mirror: %s",
		    strerror(errno));
	if (flock(fd, LOCK_EX) == -1)
		return fail_set(f, REASON_INTERNAL, "the mirror's lock: %s",
		    strerror(errno));
	return 0;
}

/* Remove the half packs and the locks of a process that was killed. */
static void
remove_leftovers(void)
{
	struct dirent *d;
	DIR *dp;

	unlink(MIRROR_PATH "/packed-refs.lock");
	unlink(MIRROR_PATH "/config.lock");
	unlink(MIRROR_PATH "/HEAD.lock");
	if ((dp = opendir(MIRROR_PATH "/objects/pack")) == NULL)
		return;
	while ((d = readdir(dp)) != NULL) {
		if (strncmp(d->d_name, "pack_git2_", 10) == 0 ||
		    strncmp(d->d_name, "tmp_", 4) == 0)
			unlinkat(dirfd(dp), d->d_name, 0);
	}
	closedir(dp);
}

static int
init(git_repository **repo, struct fail *f)
{
	git_repository_init_options o;

	if (empty(f) == -1)
		return -1;
	git_repository_init_options_init(&o,
	    GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
	o.initial_head = "main";
	if (git_repository_init_ext(repo, MIRROR_PATH, &o) != 0)
		return fail_git(f, REASON_INTERNAL, "making the mirror");
	return 0;
}

/*
 * Open the mirror, made anew when there is none or a broken one.  Returns 0
 * with *repo for the caller to free, or -1 with *f set.
 */
int
mirror_open(git_repository **repo, struct fail *f)
{
	git_reference *head = NULL;

	if (lock(f) == -1)
		return -1;
	remove_leftovers();
	if (git_repository_open_bare(repo, MIRROR_PATH) != 0)
		return init(repo, f);
	/* Readable at all?  Power failures leave empty files behind. */
	if (git_reference_lookup(&head, *repo, "HEAD") != 0) {
		git_repository_free(*repo);
		return init(repo, f);
	}
	git_reference_free(head);
	return 0;
}

/* Say whether two branch names can't both be files. */
static int
collide(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);

	if (la < lb)
		return strncmp(a, b, la) == 0 && b[la] == '/';
	return strncmp(a, b, lb) == 0 && a[lb] == '/';
}

/*
 * Remove what stands in the way of a reference: one that was a/b while a is
 * wanted, or the reverse, and the lock of a process that was killed.
 */
int
mirror_make_room(git_repository *repo, const char *branch, struct fail *f)
{
	char name[512], path[600];
	git_strarray all = { NULL, 0 };
	size_t i;
	int bad = 0;

	snprintf(name, sizeof(name), "refs/heads/%s", branch);
	snprintf(path, sizeof(path), MIRROR_PATH "/%s.lock", name);
	unlink(path);
	if (git_reference_list(&all, repo) != 0)
		return fail_git(f, REASON_INTERNAL, "reading the mirror");
	for (i = 0; i < all.count; i++) {
		if (collide(all.strings[i], name))
			bad |= git_reference_remove(repo, all.strings[i]);
	}
	git_strarray_dispose(&all);
	if (bad != 0)
		return fail_git(f, REASON_INTERNAL, "the mirror");
	return 0;
}

/* The project is gone: leave nothing but the lock's directory behind. */
int
mirror_wipe(struct fail *f)
{
	if (lock(f) == -1 || empty(f) == -1)
		return -1;
	unlink(MIRROR_PATH "/" LOCK_NAME);
	return 0;
}
