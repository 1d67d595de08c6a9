#ifndef CID_MIRROR_H
#define CID_MIRROR_H

#include <git2.h>

struct fail;

#define MIRROR_PATH "/mirror" /* inside the chroot */

int mirror_open(git_repository **, struct fail *);
int mirror_make_room(git_repository *, const char *branch, struct fail *);
int mirror_wipe(struct fail *);

#endif /* CID_MIRROR_H */
