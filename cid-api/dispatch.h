#ifndef CID_DISPATCH_H
#define CID_DISPATCH_H

struct event_base;
struct msg;
struct peer;

void api_from_parent(struct peer *, struct msg *);
void api_from_builder(struct peer *, struct msg *);
void api_builder_down(struct peer *);
void api_from_deployer(struct peer *, struct msg *);

/* Serve the listeners that the parent handed over before. */
void api_listen(struct event_base *);

#endif /* CID_DISPATCH_H */
