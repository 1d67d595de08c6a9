#ifndef CID_WORKERS_H
#define CID_WORKERS_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct msg_route;
struct msg_route_load;
struct peer;

void workers_init(struct event_base *);
void workers_up(struct peer *);
void workers_down(struct peer *);
void workers_send(uint32_t type, const struct msg_route *);
void workers_sent(struct peer *, uint64_t generation);
void workers_ack(struct peer *, const struct msg_route_load *);
int workers_acked(uint64_t generation);
size_t workers_living(uint32_t *instances, size_t max);

#endif /* CID_WORKERS_H */
