#ifndef CID_SYNC_H
#define CID_SYNC_H

#include "msg_release.h"

struct env;
struct msg_engine;

void sync_api_up(void);
void sync_from_api(const struct msg_release_sync *);
void sync_builder_up(void);
void sync_builder_down(void);
void sync_engine(const struct msg_engine *);

int sync_begin(void);
int sync_is_open(void);
int sync_can_order(void);
int sync_is_ours(struct env *);
void sync_adopt(struct env *);
struct msg_reconciled *sync_count(void);
void sync_end_turn(void);

#endif /* CID_SYNC_H */
