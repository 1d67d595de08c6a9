#ifndef CID_SLOT_START_H
#define CID_SLOT_START_H

struct slot_op;

void slot_start(struct slot_op *);

#endif /* CID_SLOT_START_H */
