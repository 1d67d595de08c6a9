#ifndef CID_HANDOVER_H
#define CID_HANDOVER_H

#include <stdint.h>

struct kid;
struct parent;

void handover_send(struct parent *, struct kid *);
void handover_conf(struct parent *, struct kid *);
void handover_adopt(struct parent *, struct kid *worker, uint32_t orphan);
void handover_drop(struct parent *, struct kid *worker, uint32_t orphan);

#endif /* CID_HANDOVER_H */
