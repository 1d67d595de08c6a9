#ifndef CID_TREE_H
#define CID_TREE_H

#include <git2.h>

struct fail;

#define TREE_ENTRIES_MAX 500000
#define TREE_DEPTH_MAX 100
#define TREE_PATH_BYTES 4000

struct tree_entry {
	const char *path; /* from the root of the tree */
	git_filemode_t mode;
	const git_oid *id;
	unsigned int depth; /* slashes in path */
};

/* Returns 0 to go on; -1 with the walk's fail set. */
typedef int (*tree_visit)(const struct tree_entry *, void *);

int tree_walk(git_tree *, tree_visit, void *, struct fail *);

#endif /* CID_TREE_H */
