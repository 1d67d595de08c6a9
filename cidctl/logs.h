#ifndef CID_LOGS_H
#define CID_LOGS_H

struct ctl;

int logs_run(struct ctl *, int argc, char **argv);

#endif /* CID_LOGS_H */
