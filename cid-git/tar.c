/*
 * Streams the tree of a commit as a tar archive, without a work tree: names
 * below app/, everything root's, the commit's time on all of it, so that the
 * same commit is the same archive.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <bsd/string.h>
#include <git2.h>

#include "fail.h"
#include "tar.h"
#include "tree.h"
#include "utf8.h"
#include "work.h"

#define BLOCK 65536		    /* bytes of one write */
#define PIECE ((size_t)1024 * 1024) /* of a file, between two turns */
#define FILE_BYTES_MAX (256ULL * 1024 * 1024)
#define TREE_BYTES_MAX (8ULL * 1024 * 1024 * 1024)
#define LINK_BYTES_MAX 4095

struct tar {
	struct archive *a;
	struct archive_entry *entry;
	git_repository *repo;
	git_odb *odb;
	time_t time;
	int fd;
	int is_closed; /* nobody reads any more */
	struct tar_sum *sum;
	struct fail *fail;
	char name[TREE_PATH_BYTES + sizeof(TAR_TOP) + 1];
};

static la_ssize_t
write_block(struct archive *a, void *arg, const void *data, size_t len)
{
	struct tar *t = arg;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(t->fd, (const char *)data + done, len - done);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno == EINTR ||
		    (errno == EAGAIN && work_wait(t->fd, 1, -1) == 0))
			continue;
		t->is_closed = errno == EPIPE || errno == ECANCELED;
		archive_set_error(a, errno, "the pipe: %s", strerror(errno));
		return -1;
	}
	return (la_ssize_t)len;
}

static int
refuse(struct tar *t, const char *why)
{
	char shown[512];

	utf8_clean(shown, sizeof(shown), t->name, strlen(t->name));
	return fail_set(t->fail, REASON_TREE_INVALID, "%s: %s", shown, why);
}

static int
refuse_archive(struct tar *t)
{
	return fail_set(t->fail, REASON_GIT_FAILED, "writing the source: %s",
	    t->is_closed ? "nobody reads it" : archive_error_string(t->a));
}

static void
begin_entry(struct tar *t, mode_t type, mode_t mode, size_t len)
{
	archive_entry_clear(t->entry);
	archive_entry_set_pathname(t->entry, t->name);
	archive_entry_set_filetype(t->entry, type);
	archive_entry_set_perm(t->entry, mode);
	archive_entry_set_uid(t->entry, 0);
	archive_entry_set_gid(t->entry, 0);
	archive_entry_set_mtime(t->entry, t->time, 0);
	archive_entry_set_size(t->entry, (la_int64_t)len);
}

static int
end_entry(struct tar *t, const void *data, size_t len)
{
	const char *p = data;
	la_ssize_t n;

	if (archive_write_header(t->a, t->entry) != ARCHIVE_OK)
		return refuse_archive(t);
	while (len > 0) {
		n = archive_write_data(t->a, p, len > PIECE ? PIECE : len);
		if (n <= 0)
			return refuse_archive(t);
		p += n;
		len -= (size_t)n;
		if (work_pump() == -1)
			return -1;
	}
	t->sum->entries++;
	return 0;
}

/* Read a blob of at most max bytes.  NULL with the failure set. */
static git_odb_object *
read_blob(struct tar *t, const git_oid *id, size_t max)
{
	git_odb_object *o;
	git_object_t type;
	size_t len;

	if (git_odb_read_header(&len, &type, t->odb, id) != 0) {
		fail_git(t->fail, REASON_GIT_FAILED, "%s", t->name);
		return NULL;
	}
	if (type != GIT_OBJECT_BLOB || len > max) {
		refuse(t, "a file that is larger than cid unpacks");
		return NULL;
	}
	if (git_odb_read(&o, t->odb, id) != 0) {
		fail_git(t->fail, REASON_GIT_FAILED, "%s", t->name);
		return NULL;
	}
	return o;
}

static int
write_file(struct tar *t, const struct tree_entry *e)
{
	git_odb_object *o;
	size_t len;
	int ret;

	if ((o = read_blob(t, e->id, FILE_BYTES_MAX)) == NULL)
		return -1;
	len = git_odb_object_size(o);
	t->sum->bytes += len;
	if (t->sum->bytes > TREE_BYTES_MAX) {
		ret = refuse(t, "files of more than 8 GiB together");
	} else {
		begin_entry(t, AE_IFREG,
		    e->mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0755 : 0644, len);
		ret = end_entry(t, git_odb_object_data(o), len);
	}
	git_odb_object_free(o);
	return ret;
}

static int
write_link(struct tar *t, const struct tree_entry *e)
{
	char target[LINK_BYTES_MAX + 1];
	git_odb_object *o;
	size_t len;

	if ((o = read_blob(t, e->id, LINK_BYTES_MAX)) == NULL)
		return -1;
	len = git_odb_object_size(o);
	memcpy(target, git_odb_object_data(o), len);
	target[len] = '\0';
	git_odb_object_free(o);
	if (len == 0 || strlen(target) != len)
		return refuse(t, "a link to nowhere");
	begin_entry(t, AE_IFLNK, 0777, 0);
	archive_entry_set_symlink(t->entry, target);
	return end_entry(t, NULL, 0);
}

static void
note_depth(struct tar *t, unsigned int depth)
{
	if (t->sum->deepest[0] != '\0' && depth <= t->sum->depth)
		return;
	t->sum->depth = depth;
	strlcpy(t->sum->deepest, t->name, sizeof(t->sum->deepest));
}

static int
write_entry(const struct tree_entry *e, void *arg)
{
	struct tar *t = arg;
	int ret;

	snprintf(t->name, sizeof(t->name), "%s%s", TAR_TOP, e->path);
	switch (e->mode) {
	case GIT_FILEMODE_TREE:
		begin_entry(t, AE_IFDIR, 0755, 0);
		ret = end_entry(t, NULL, 0);
		break;
	case GIT_FILEMODE_LINK:
		ret = write_link(t, e);
		break;
	case GIT_FILEMODE_COMMIT:
		t->sum->submodules++;
		return 0;
	default:
		ret = write_file(t, e);
		break;
	}
	if (ret == 0)
		note_depth(t, e->depth);
	return ret;
}

static int
open_archive(struct tar *t)
{
	if ((t->a = archive_write_new()) == NULL ||
	    (t->entry = archive_entry_new()) == NULL)
		return fail_set(t->fail, REASON_INTERNAL, "out of memory");
	/* GNU's format keeps names as bytes; pax would want them in UTF-8. */
	if (archive_write_set_format_gnutar(t->a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(t->a, BLOCK) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(t->a, 1) != ARCHIVE_OK ||
	    archive_write_open(t->a, t, NULL, write_block, NULL) != ARCHIVE_OK)
		return refuse_archive(t);
	return 0;
}

static int
write_all(struct tar *t, git_tree *tree)
{
	if (open_archive(t) == -1)
		return -1;
	strlcpy(t->name, TAR_TOP, sizeof(t->name));
	begin_entry(t, AE_IFDIR, 0755, 0);
	if (end_entry(t, NULL, 0) == -1 ||
	    tree_walk(tree, write_entry, t, t->fail) == -1)
		return -1;
	if (archive_write_close(t->a) != ARCHIVE_OK)
		return refuse_archive(t);
	return 0;
}

/*
 * Write the tree of a commit to fd, a pipe or socket, which the caller
 * closes.  Returns 0 with *sum filled in, or -1 with *f set: what was
 * written until then is of no use.
 */
int
tar_write(git_commit *commit, int fd, struct tar_sum *sum, struct fail *f)
{
	git_tree *tree = NULL;
	struct tar t;
	int flags, ret = -1;

	memset(sum, 0, sizeof(*sum));
	memset(&t, 0, sizeof(t));
	t.repo = git_commit_owner(commit);
	t.time = git_commit_time(commit) < 0 ? 0 : git_commit_time(commit);
	t.fd = fd;
	t.sum = sum;
	t.fail = f;
	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		fail_set(f, REASON_INTERNAL, "the pipe: %s", strerror(errno));
	else if (git_repository_odb(&t.odb, t.repo) != 0 ||
	    git_commit_tree(&tree, commit) != 0)
		fail_git(f, REASON_GIT_FAILED, "the tree of the commit");
	else
		ret = write_all(&t, tree);
	/* An archive that is freed unfinished is finished first. */
	if (ret == -1 && t.a != NULL)
		archive_write_fail(t.a);
	archive_write_free(t.a);
	archive_entry_free(t.entry);
	git_tree_free(tree);
	git_odb_free(t.odb);
	return ret;
}
