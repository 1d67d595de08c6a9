#ifndef CID_STAGE_H
#define CID_STAGE_H

#include "msg_build.h"
#include "reason.h"

/* What the API was told of a build's stages; zeroed at its start. */
struct stages {
	struct msg_build_stage told[STAGE_MAX]; /* time_ms 0: nothing yet */
	enum stage now;
};

void stage_tell(struct stages *, const struct msg_build *, enum stage,
    enum stage_state, enum reason);
void stage_tell_again(const struct stages *);
int stage_is_open(const struct stages *);

#endif /* CID_STAGE_H */
