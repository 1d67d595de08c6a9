#ifndef CID_TIMER_H
#define CID_TIMER_H

#include <stdint.h>

struct event;
struct event_base;

struct event *
timer_new(struct event_base *, void (*)(int, short, void *), void *);
void timer_set(struct event *, uint64_t ms);

#endif /* CID_TIMER_H */
