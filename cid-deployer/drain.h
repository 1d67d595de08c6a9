#ifndef CID_DRAIN_H
#define CID_DRAIN_H

#include <stdint.h>

struct env;
struct event_base;
struct msg_route_drained;
struct peer;

void drain_init(struct event_base *);
void drain_begin(const struct env *, uint64_t generation);
void drain_worker_clear(uint32_t instance);
void drain_unknown(const struct env *, uint32_t slot, uint64_t release_id);
void drain_cancel(uint64_t env_id, uint32_t slot);
uint64_t drain_of(uint64_t env_id, uint32_t slot);
void drain_from(struct peer *, const struct msg_route_drained *);
void drain_worker_gone(uint32_t instance);

#endif /* CID_DRAIN_H */
