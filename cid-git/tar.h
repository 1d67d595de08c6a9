#ifndef CID_TAR_H
#define CID_TAR_H

#include <stdint.h>

#include <git2.h>

#include "tree.h"

struct fail;

#define TAR_TOP "app/" /* of every name in the archive */

/* What was written. */
struct tar_sum {
	uint64_t entries;
	uint64_t bytes; /* of files */
	unsigned int depth;
	char deepest[TREE_PATH_BYTES + sizeof(TAR_TOP)];
	unsigned int submodules; /* left out */
};

int tar_write(git_commit *, int fd, struct tar_sum *, struct fail *);

#endif /* CID_TAR_H */
