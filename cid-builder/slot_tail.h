#ifndef CID_SLOT_TAIL_H
#define CID_SLOT_TAIL_H

struct msg_release;

void slot_tail(const struct msg_release *);

#endif /* CID_SLOT_TAIL_H */
