#ifndef CID_SLOT_H
#define CID_SLOT_H

#include <stdint.h>

#include "answer.h"

struct docker_req;
struct slot_op;

/* A slot of an environment, and what the engine has in it. */
struct slot_seen {
	struct slot_seen *next; /* of all of them */
	uint64_t env_id;
	uint32_t number;	     /* enum slot */
	struct answer_container now; /* id "": nothing */
	struct docker_req *refresh;
	int refresh_again;
	struct slot_op *op; /* what is being done to it, see slot_op.h */
};

struct slot_seen *slot_find(uint64_t env_id, uint32_t number);
struct slot_seen *slot_get(uint64_t env_id, uint32_t number);
void slot_forget(struct slot_seen *);
void slot_look_again(struct slot_seen *);
void slot_tell(const struct slot_seen *);
void slot_event(const struct answer_event *);
void slot_engine_up(void);
void slot_engine_down(void);
void slot_list(void);
int slot_is_listed(void);

#endif /* CID_SLOT_H */
