#ifndef CID_RELEASE_H
#define CID_RELEASE_H

struct env;
struct event_base;

void release_init(struct event_base *);
void release_kick(struct env *);
void release_kick_all(void);
void release_routes_settled(void);

#endif /* CID_RELEASE_H */
