#ifndef CID_WANT_H
#define CID_WANT_H

#include <stdint.h>

#include "msg_release.h"

/* Tell cid-deployer, when the turn's changes are on disk. */
void want_tell(int64_t environment_id);

/* All of it, in pieces; then RELEASE_SYNC. */
int want_tell_all(enum reconcile_mode);
void want_stop(void); /* cid-deployer is gone */

struct event_base;
void want_loop(struct event_base *);

#endif /* CID_WANT_H */
