#ifndef CID_REMOVAL_H
#define CID_REMOVAL_H

#include <stdint.h>

#include "msg.h"

struct msg_env;
struct msg_project;

/* Nothing for a project that stays. */
void removal_go_on(int64_t project_id);
void removal_begin(void);
void removal_builder_up(void);

void removal_forgotten(const struct msg_env *);
void removal_gone(const struct msg_project *, struct msg_tail);

#endif /* CID_REMOVAL_H */
