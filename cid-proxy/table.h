#ifndef CID_TABLE_H
#define CID_TABLE_H

struct msg_route;
struct msg_route_load;
struct peer;
struct proxy;

void table_keep(struct proxy *, const struct msg_route_load *, int fd);
void table_start(struct proxy *);
void table_load(struct proxy *, struct peer *, const struct msg_route_load *,
    int fd);
void table_set(struct proxy *, struct peer *, const struct msg_route *);
void table_del(struct proxy *, struct peer *, const struct msg_route *);

#endif /* CID_TABLE_H */
