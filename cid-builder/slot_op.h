#ifndef CID_SLOT_OP_H
#define CID_SLOT_OP_H

#include "msg.h"

struct msg_container_stop;
struct msg_env;
struct slot_seen;
struct slot_op;

void slot_op_start(const struct msg_env *, struct msg_tail);
void slot_op_stop_container(const struct msg_container_stop *);
void slot_op_go(struct slot_seen *);
void slot_op_stop(struct slot_seen *);

/* For slot_start.c: the order is carried out, or can't be. */
void slot_op_end(struct slot_op *);
void slot_op_fail(struct slot_op *, uint32_t reason, const char *text);

#endif /* CID_SLOT_OP_H */
