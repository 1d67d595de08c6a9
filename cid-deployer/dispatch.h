#ifndef CID_DISPATCH_H
#define CID_DISPATCH_H

struct msg;
struct peer;

void deployer_from_parent(struct peer *, struct msg *);
void deployer_from_api(struct peer *, struct msg *);
void deployer_api_up(struct peer *);
void deployer_from_builder(struct peer *, struct msg *);
void deployer_builder_up(struct peer *);
void deployer_builder_down(struct peer *);
void deployer_from_edge(struct peer *, struct msg *);

#endif /* CID_DISPATCH_H */
