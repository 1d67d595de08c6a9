#ifndef CID_SLOT_OP_STATE_H
#define CID_SLOT_OP_STATE_H

#include <stdint.h>

#include "msg_release.h"
#include "name.h"
#include "spec_release.h"

struct docker_req;
struct image;
struct network;
struct slot_seen;

/* One order about one slot; the next one waits for its end. */
struct slot_op {
	struct slot_seen *slot;
	struct slot_op *next; /* the latest order counts, older ones don't */
	int is_start;
	int remove; /* of a stop */
	int is_begun;
	struct msg_env env;
	struct spec_env spec; /* of a start */
	char name[NAME_DOCKER_MAX];
	struct docker_req *req;
	struct image *image;
	struct network *network;
	int network_ready;
	int network_again; /* it was gone, and made once more */
	int is_created;
	int was_pulled;
	int was_replaced;
	uint32_t publish; /* the port being tried, 0: none */
	uint32_t reason;  /* why it failed, while it is cleaned up */
	char text[512];
};

#endif /* CID_SLOT_OP_STATE_H */
