#ifndef CID_GRACE_H
#define CID_GRACE_H

struct event_base;

void grace_loop(struct event_base *);
/* Slots changed: see when the clock is to act next. */
void grace_look(void);

#endif /* CID_GRACE_H */
