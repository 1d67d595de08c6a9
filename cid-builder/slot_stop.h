#ifndef CID_SLOT_STOP_H
#define CID_SLOT_STOP_H

struct slot_op;

void slot_stop(struct slot_op *);

#endif /* CID_SLOT_STOP_H */
