#ifndef CID_LEFTOVER_H
#define CID_LEFTOVER_H

struct event_base;

void leftover_init(struct event_base *);
void leftover_allow(void);
void leftover_later(void);
void leftover_sweep(void);
void leftover_stop(void);

#endif /* CID_LEFTOVER_H */
