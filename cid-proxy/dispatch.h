#ifndef CID_DISPATCH_H
#define CID_DISPATCH_H

struct msg;
struct peer;
struct proxy;

void dispatch_to(struct proxy *);
void dispatch_stop(void);
void edge_from_parent(struct peer *, struct msg *);
void edge_from_deployer(struct peer *, struct msg *);
void admin_from_parent(struct peer *, struct msg *);

#endif /* CID_DISPATCH_H */
