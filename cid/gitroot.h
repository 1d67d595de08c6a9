#ifndef CID_GITROOT_H
#define CID_GITROOT_H

#include <stdint.h>
#include <sys/types.h>

struct conf;

int gitroot_enter(const struct conf *, uint64_t project_id, uid_t, gid_t);
void gitroot_leave(const struct conf *, uint64_t project_id);

#endif /* CID_GITROOT_H */
