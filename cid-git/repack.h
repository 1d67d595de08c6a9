#ifndef CID_REPACK_H
#define CID_REPACK_H

#include <git2.h>

#define REPACK_PACKS_MAX 24 /* small ones, before they become one */

int repack_small(git_repository *);

#endif /* CID_REPACK_H */
