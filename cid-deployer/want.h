#ifndef CID_WANT_H
#define CID_WANT_H

#include "msg.h"

struct msg_env;

void want_set(const struct msg_env *, struct msg_tail);
void want_forget(const struct msg_env *);
void want_retry(const struct msg_env *);

#endif /* CID_WANT_H */
