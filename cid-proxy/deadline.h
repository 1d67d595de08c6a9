#ifndef CID_DEADLINE_H
#define CID_DEADLINE_H

struct client;
struct wheel_item;

void deadline_set(struct client *);
void deadline_expired(struct wheel_item *);

#endif /* CID_DEADLINE_H */
