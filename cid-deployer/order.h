#ifndef CID_ORDER_H
#define CID_ORDER_H

#include <stdint.h>

#include "msg.h"
#include "reconcile.h"

struct env;
struct event_base;
struct msg_release;

void order_init(struct event_base *);
void order_give(struct env *, uint32_t slot, enum rec_order);
void order_again(struct env *, uint32_t slot);
void order_seen(struct env *, uint32_t slot);
void order_failed(const struct msg_release *, struct msg_tail);
void order_drop(struct env *, uint32_t slot);
void order_forget_delay(struct env *, uint32_t slot);

#endif /* CID_ORDER_H */
