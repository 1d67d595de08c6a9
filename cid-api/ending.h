#ifndef CID_ENDING_H
#define CID_ENDING_H

#include "reason.h"

struct build;

int build_finish(struct build *, enum reason, const char *why);

#endif /* CID_ENDING_H */
