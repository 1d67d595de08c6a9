#ifndef CID_ARTIFACT_H
#define CID_ARTIFACT_H

#include <stdint.h>

#include "msg.h"

struct event_base;
struct msg_build;

void artifact_init(struct event_base *);
void artifact_read(const struct msg_build *, struct msg_tail, int fd);
int artifact_is_read(uint64_t project_id, uint32_t number);

#endif /* CID_ARTIFACT_H */
