#ifndef CID_RUN_H
#define CID_RUN_H

struct parent;

int run(struct parent *);
void run_stop(void);

#endif /* CID_RUN_H */
