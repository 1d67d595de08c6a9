#ifndef CID_DRAIN_H
#define CID_DRAIN_H

#include <stdint.h>

struct target;

void drain_begin(struct target *, uint64_t generation, uint32_t limit_ms);
void drain_cancel(struct target *);
void drain_check(struct target *);
void drain_limit(int, short, void *);

#endif /* CID_DRAIN_H */
