#ifndef CID_PEER_H
#define CID_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"

struct event_base;
struct peer;

/*
 * How an edge reports to its owner.  down is called once, from the loop,
 * never from within peer_send(); the peer is freed when it returns.  error
 * is MSG_OK when the other side closed.
 */
struct peer_ops {
	void (*from)(struct peer *, struct msg *);
	void (*down)(struct peer *, enum msg_error, uint32_t type);
};

/* Whose edge it is; instance and generation are those of the other side. */
struct peer_id {
	enum proc me;
	enum proc them;
	uint32_t instance;
	uint64_t generation;
};

struct peer *peer_new(struct event_base *, int fd, const struct peer_id *,
    const struct peer_ops *);
void peer_free(struct peer *);
int peer_send(struct peer *, uint32_t type, const void *, size_t);
int peer_send_tail(struct peer *, uint32_t type, const void *, size_t,
    const void *tail, size_t tail_len);
int peer_send_fd(struct peer *, uint32_t type, const void *, size_t,
    struct msg_tail, int fd);

enum proc peer_proc(const struct peer *);
uint32_t peer_instance(const struct peer *);
uint64_t peer_generation(const struct peer *);
size_t peer_queued(const struct peer *);
void *peer_data(const struct peer *);
void peer_set_data(struct peer *, void *);

#endif /* CID_PEER_H */
