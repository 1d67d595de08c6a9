#ifndef CID_DISPATCH_H
#define CID_DISPATCH_H

struct msg;
struct peer;

void builder_from_parent(struct peer *, struct msg *);
void builder_from_api(struct peer *, struct msg *);
void builder_from_deployer(struct peer *, struct msg *);

#endif /* CID_DISPATCH_H */
