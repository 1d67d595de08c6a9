#ifndef CID_LFS_H
#define CID_LFS_H

#include <git2.h>

struct fail;
struct schema_list;

int lfs_find(git_tree *, struct schema_list *, struct fail *);

#endif /* CID_LFS_H */
