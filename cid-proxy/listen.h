#ifndef CID_LISTEN_H
#define CID_LISTEN_H

#include <stdint.h>

struct proxy;

void listen_add(struct proxy *, uint32_t number, int fd);
void listen_drop(struct proxy *, uint32_t number);
void listen_start(struct proxy *);
void listen_pause(struct proxy *);
void listen_resume(struct proxy *);
void listen_close(struct proxy *);

#endif /* CID_LISTEN_H */
