#ifndef CID_SERVER_H
#define CID_SERVER_H

struct ctl;

int server_health(struct ctl *, int argc, char **argv);
int server_reconcile(struct ctl *, int argc, char **argv);

#endif /* CID_SERVER_H */
