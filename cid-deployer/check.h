#ifndef CID_CHECK_H
#define CID_CHECK_H

#include <stdint.h>

#include "msg.h"

struct env;
struct event_base;
struct msg_release;

void check_init(struct event_base *);
void check_begin(struct env *, uint32_t slot);
void check_end(struct env *, uint32_t slot);
void check_healthcheck(struct env *, uint32_t slot, uint32_t state);
void
check_autopsy(struct env *, uint32_t slot, uint32_t reason, const char *text);
void check_ports(const struct msg_release *, struct msg_tail);
void check_fail(struct env *, uint32_t slot, uint32_t reason, struct msg_tail);

#endif /* CID_CHECK_H */
