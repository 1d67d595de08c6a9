#ifndef CID_OBSERVE_H
#define CID_OBSERVE_H

#include "msg.h"

struct env;
struct msg_container;

void observe_is(const struct msg_container *, struct msg_tail id);
void observe_list_begin(void);
void observe_list_end(void);
void observe_tell(struct env *);

#endif /* CID_OBSERVE_H */
