#ifndef CID_STAGES_H
#define CID_STAGES_H

#include <stdint.h>

#include "msg_build.h"

struct build;

/* Each returns 0, or -1 after logging.  Times are since the epoch. */
int stages_mark(const struct build *, enum stage, enum stage_state,
    uint32_t reason, int64_t time_ms);
int stages_fail(const struct build *, uint32_t reason);
int stages_reached(const struct build *, enum stage);
int64_t stages_began(const struct build *, enum stage);

#endif /* CID_STAGES_H */
