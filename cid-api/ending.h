#ifndef CID_ENDING_H
#define CID_ENDING_H

#include <stddef.h>

#include "msg.h"
#include "reason.h"

struct build;

/* The reason's sentence and what more is to be said. */
const char *ending_sentence(char *buf, size_t, enum reason, const char *more);
/* From such a sentence of another process: what more it says, or "". */
void ending_more(char *buf, size_t, enum reason, struct msg_tail);
int build_finish(struct build *, enum reason, const char *why);

#endif /* CID_ENDING_H */
