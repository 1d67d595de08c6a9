/*
 * Walks a hostile tree, every directory before what is in it, within bounds
 * (S19).
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>

#include "fail.h"
#include "tree.h"
#include "treename.h"
#include "utf8.h"
#include "work.h"

struct walk {
	git_repository *repo;
	tree_visit visit;
	void *arg;
	struct fail *fail;
	uint64_t entries;
	char path[TREE_PATH_BYTES];
	size_t len;
};

static int walk_tree(struct walk *, git_tree *, unsigned int depth);

static int
refuse(struct walk *w, const char *why)
{
	char shown[512];

	utf8_clean(shown, sizeof(shown), w->path, w->len);
	return fail_set(w->fail, REASON_TREE_INVALID, "%s: %s", shown, why);
}

static int
check_twice(struct walk *w, git_tree *t)
{
	size_t i, n = git_tree_entrycount(t);
	const char **names;
	int twice;

	if ((names = calloc(n + 1, sizeof(*names))) == NULL)
		return fail_set(w->fail, REASON_INTERNAL, "out of memory");
	for (i = 0; i < n; i++)
		names[i] = git_tree_entry_name(git_tree_entry_byindex(t, i));
	twice = treename_is_twice(names, n);
	free(names);
	return twice ? refuse(w, "a directory with one name twice") : 0;
}

/* Append a component.  Returns the old length, or -1. */
static ssize_t
push(struct walk *w, const char *name)
{
	size_t old = w->len, len = strlen(name);
	const char *why;

	if ((why = treename_check(name)) != NULL)
		return refuse(w, why);
	if (old + len + 2 > sizeof(w->path))
		return refuse(w, "a path of more than 4000 bytes");
	if (old > 0)
		w->path[w->len++] = '/';
	memcpy(w->path + w->len, name, len + 1);
	w->len += len;
	return (ssize_t)old;
}

static int
descend(struct walk *w, const git_oid *id, unsigned int depth)
{
	git_tree *t;
	int ret;

	if (depth > TREE_DEPTH_MAX)
		return refuse(w, "directories nested deeper than 100");
	if (git_tree_lookup(&t, w->repo, id) != 0)
		return fail_git(w->fail, REASON_GIT_FAILED, "a tree");
	ret = walk_tree(w, t, depth);
	git_tree_free(t);
	return ret;
}

static int
walk_entry(struct walk *w, const git_tree_entry *te, unsigned int depth)
{
	struct tree_entry e;
	ssize_t old;
	int ret;

	if (++w->entries > TREE_ENTRIES_MAX)
		return refuse(w, "more than 500000 files");
	if ((old = push(w, git_tree_entry_name(te))) == -1)
		return -1;
	e.path = w->path;
	e.mode = git_tree_entry_filemode(te);
	e.id = git_tree_entry_id(te);
	e.depth = depth;
	ret = w->visit(&e, w->arg);
	if (ret == 0 && e.mode == GIT_FILEMODE_TREE)
		ret = descend(w, e.id, depth + 1);
	w->len = (size_t)old;
	w->path[old] = '\0';
	return ret;
}

static int
walk_tree(struct walk *w, git_tree *t, unsigned int depth)
{
	size_t i, n = git_tree_entrycount(t);

	if (check_twice(w, t) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (work_pump() == -1)
			return -1;
		if (walk_entry(w, git_tree_entry_byindex(t, i), depth) == -1)
			return -1;
	}
	return 0;
}

/* Call visit for all of a tree.  Returns 0, or -1 with *f set. */
int
tree_walk(git_tree *t, tree_visit visit, void *arg, struct fail *f)
{
	struct walk w;

	memset(&w, 0, sizeof(w));
	w.repo = git_tree_owner(t);
	w.visit = visit;
	w.arg = arg;
	w.fail = f;
	return walk_tree(&w, t, 0);
}
