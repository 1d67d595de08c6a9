/*
 * Every fetch leaves a pack.  Now and then the small ones become one, so
 * that a mirror of ten thousand pushes opens as fast as a new one.
 */

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "log.h"
#include "mirror.h"
#include "repack.h"
#include "work.h"

#define PACK_DIR MIRROR_PATH "/objects/pack"
#define SMALL_BYTES ((off_t)8 * 1024 * 1024)
#define PACKS_MAX 256 /* at a time */

struct packs {
	char names[PACKS_MAX][128]; /* without their suffix */
	size_t len;
};

static void
path_of(char *path, size_t size, const char *name, const char *suffix)
{
	snprintf(path, size, PACK_DIR "/%s%s", name, suffix);
}

static int
is_small(const char *name)
{
	char path[256];
	struct stat st;

	path_of(path, sizeof(path), name, ".pack");
	return stat(path, &st) == 0 && st.st_size < SMALL_BYTES;
}

static void
find_small(struct packs *p)
{
	struct dirent *d;
	DIR *dp;
	size_t len;

	if ((dp = opendir(PACK_DIR)) == NULL)
		return;
	while ((d = readdir(dp)) != NULL && p->len < PACKS_MAX) {
		len = strlen(d->d_name);
		if (len < 5 || len - 4 >= sizeof(p->names[0]) ||
		    strcmp(d->d_name + len - 4, ".idx") != 0)
			continue;
		memcpy(p->names[p->len], d->d_name, len - 4);
		p->names[p->len][len - 4] = '\0';
		if (is_small(p->names[p->len]))
			p->len++;
	}
	closedir(dp);
}

static int
add_object(const git_oid *id, void *arg)
{
	if (work_pump() == -1)
		return GIT_EUSER;
	return git_packbuilder_insert(arg, id, NULL);
}

/* Add all that one pack holds. */
static int
add_pack(git_packbuilder *pb, const char *name)
{
	git_odb_backend *backend;
	git_odb *odb = NULL;
	char path[256];
	int e;

	path_of(path, sizeof(path), name, ".idx");
	if ((e = git_odb_new(&odb)) != 0)
		return e;
	if ((e = git_odb_backend_one_pack(&backend, path)) == 0) {
		e = git_odb_add_backend(odb, backend, 1);
		if (e != 0)
			backend->free(backend);
	}
	if (e == 0)
		e = git_odb_foreach(odb, add_object, pb);
	git_odb_free(odb);
	return e;
}

static int
on_progress(const git_indexer_progress *stats, void *arg)
{
	(void)stats;
	(void)arg;
	return work_pump() == -1 ? GIT_EUSER : 0;
}

static int
write_pack(git_repository *repo, const struct packs *p, char *made, size_t size)
{
	git_packbuilder *pb;
	size_t i;
	int e;

	if ((e = git_packbuilder_new(&pb, repo)) != 0)
		return e;
	git_packbuilder_set_threads(pb, 1);
	for (i = 0; i < p->len && e == 0; i++)
		e = add_pack(pb, p->names[i]);
	if (e == 0)
		e = git_packbuilder_write(pb, NULL, 0, on_progress, NULL);
	if (e == 0)
		snprintf(made, size, "pack-%s", git_packbuilder_name(pb));
	git_packbuilder_free(pb);
	return e;
}

static void
remove_packs(const struct packs *p, const char *made)
{
	static const char *const suffixes[] = { ".idx", ".pack" };
	char path[256];
	size_t i, k;

	for (i = 0; i < p->len; i++) {
		if (strcmp(p->names[i], made) == 0)
			continue;
		for (k = 0; k < 2; k++) {
			path_of(path, sizeof(path), p->names[i], suffixes[k]);
			unlink(path);
		}
	}
}

/*
 * Join the small packs of the mirror when they are many.  repo is of no use
 * afterwards.  Returns 0, or -1 after logging; then all is as before.
 */
int
repack_small(git_repository *repo)
{
	struct packs *p;
	char made[128];
	int e = 0;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return -1;
	find_small(p);
	if (p->len > REPACK_PACKS_MAX) {
		if ((e = write_pack(repo, p, made, sizeof(made))) == 0)
			remove_packs(p, made);
		else if (e != GIT_EUSER)
			log_warnx("joining packs: %s",
			    git_error_last() == NULL
				? "failed"
				: git_error_last()->message);
	}
	free(p);
	return e == 0 ? 0 : -1;
}
