#ifndef CID_WORK_H
#define CID_WORK_H

struct event_base;

void work_begin(struct event_base *);
int work_alive(void);
void work_wake(void);
void work_idle(void);
int work_pump(void);
int work_wait(int fd, int for_write, int ms);

#endif /* CID_WORK_H */
