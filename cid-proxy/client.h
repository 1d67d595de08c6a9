#ifndef CID_CLIENT_H
#define CID_CLIENT_H

#include <stdint.h>

#include <bsd/sys/queue.h>

#include "buf.h"
#include "conn.h"
#include "exchange.h"
#include "wheel.h"

#define CLIENT_ADDR_MAX 46

struct proxy;
struct sockaddr;

enum client_state {
	CLIENT_HEAD,   /* waits for a request, or for the rest of its head */
	CLIENT_BUSY,   /* in an exchange */
	CLIENT_TUNNEL, /* bytes go both ways, unread */
	CLIENT_LAST,   /* the last answer goes out */
	CLIENT_LINGER, /* it is out; what still comes is thrown away */
	CLIENT_DEAD    /* to be freed */
};

/* A visitor's connection. */
struct client {
	struct conn conn; /* first, see proxy_bury() */
	struct wheel_item due;
	LIST_ENTRY(client) all;
	TAILQ_ENTRY(client) busy;   /* in its target */
	TAILQ_ENTRY(client) resume; /* in its proxy */
	struct proxy *px;
	struct buf in; /* read, but not used yet */
	size_t judged; /* of in: bytes known not to be a whole head */
	struct exchange x;
	uint32_t head_due; /* 0: no byte of a head came yet */
	uint8_t state;	   /* enum client_state */
	uint8_t resuming;
	uint8_t lingers; /* see client_last() */
	char addr[CLIENT_ADDR_MAX];
};

void client_new(struct proxy *, int fd, const struct sockaddr *);
void client_run(struct client *);
void client_close(struct client *);
void client_last(struct client *);
void client_page(struct client *, int status);
void client_refuse(struct client *, int status);
void client_cut(struct client *);
int client_is_idle(const struct client *);

#endif /* CID_CLIENT_H */
