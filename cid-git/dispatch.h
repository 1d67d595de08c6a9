#ifndef CID_DISPATCH_H
#define CID_DISPATCH_H

struct msg;
struct peer;

void git_from_parent(struct peer *, struct msg *);
void git_from_builder(struct peer *, struct msg *);

#endif /* CID_DISPATCH_H */
