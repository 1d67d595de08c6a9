/*
 * Reads the tree once before anything is built of it: that all of it can be
 * unpacked, and which files are pointers of Git LFS, so that a build does not
 * fail over a few lines of text where it wants a picture.
 */

#include <stdlib.h>
#include <string.h>

#include <git2.h>

#include "fail.h"
#include "lfs.h"
#include "schema.h"
#include "tree.h"
#include "utf8.h"

#define POINTER_MAX 1024 /* bytes, by the specification of pointers */
#define ATTRIBUTES_MAX 65536
#define NAMED_MAX 20 /* paths that are named */
#define POINTER_HEAD "version https://git-lfs.github.com/spec/"

struct search {
	git_repository *repo;
	git_odb *odb;
	struct schema_list *found;
	struct fail *fail;
	int used; /* some .gitattributes speaks of LFS */
};

/* Read a blob of at most max bytes; NULL when it is not one. */
static git_odb_object *
read_small(struct search *s, const git_oid *id, size_t max)
{
	git_odb_object *o;
	git_object_t type;
	size_t len;

	if (git_odb_read_header(&len, &type, s->odb, id) != 0 || len > max ||
	    type != GIT_OBJECT_BLOB || git_odb_read(&o, s->odb, id) != 0)
		return NULL;
	return o;
}

static int
is_file(const struct tree_entry *e)
{
	return e->mode == GIT_FILEMODE_BLOB ||
	    e->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

static int
look_for_use(const struct tree_entry *e, void *arg)
{
	const char *name = strrchr(e->path, '/');
	struct search *s = arg;
	git_odb_object *o;

	name = name == NULL ? e->path : name + 1;
	if (s->used || !is_file(e) || strcmp(name, ".gitattributes") != 0)
		return 0;
	if ((o = read_small(s, e->id, ATTRIBUTES_MAX)) == NULL)
		return 0;
	s->used = memmem(git_odb_object_data(o), git_odb_object_size(o),
		      "filter=lfs", 10) != NULL;
	git_odb_object_free(o);
	return 0;
}

static int
name_it(struct search *s, const char *path)
{
	char shown[TREE_PATH_BYTES], **items = s->found->items;

	if (s->found->len == NAMED_MAX)
		return 0;
	items = reallocarray(items, s->found->len + 1, sizeof(*items));
	if (items == NULL)
		return fail_set(s->fail, REASON_INTERNAL, "out of memory");
	s->found->items = items;
	utf8_clean(shown, sizeof(shown), path, strlen(path));
	if ((items[s->found->len] = strdup(shown)) == NULL)
		return fail_set(s->fail, REASON_INTERNAL, "out of memory");
	s->found->len++;
	return 0;
}

static int
look_for_pointer(const struct tree_entry *e, void *arg)
{
	struct search *s = arg;
	git_odb_object *o;
	int is;

	if (!is_file(e) || s->found->len == NAMED_MAX)
		return 0;
	if ((o = read_small(s, e->id, POINTER_MAX)) == NULL)
		return 0;
	is = git_odb_object_size(o) > sizeof(POINTER_HEAD) &&
	    memcmp(git_odb_object_data(o), POINTER_HEAD,
		sizeof(POINTER_HEAD) - 1) == 0;
	git_odb_object_free(o);
	return is ? name_it(s, e->path) : 0;
}

/*
 * Append the paths of LFS pointers, at most 20, to list.  Returns 0, or -1
 * with *f set, also when the tree is not one to unpack.
 */
int
lfs_find(git_tree *t, struct schema_list *list, struct fail *f)
{
	struct search s = { git_tree_owner(t), NULL, list, f, 0 };
	int ret;

	if (git_repository_odb(&s.odb, s.repo) != 0)
		return fail_git(f, REASON_GIT_FAILED, "the repository");
	ret = tree_walk(t, look_for_use, &s, f);
	if (ret == 0 && s.used)
		ret = tree_walk(t, look_for_pointer, &s, f);
	git_odb_free(s.odb);
	return ret;
}
