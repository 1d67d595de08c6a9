#ifndef CID_NETWORK_H
#define CID_NETWORK_H

#include <stdint.h>

#include "label.h"
#include "reason.h"

struct event_base;
struct network;

#define NETWORK_BUILDS 0x800000 /* bridge numbers of builds start here */

void network_init(struct event_base *);

/* done is called from the loop, once; the network is there on REASON_NONE. */
struct network *network_make(const struct label *,
    void (*done)(void *, enum reason, const char *text), void *arg);
void network_cancel(struct network *);
const char *network_name(const struct label *, char *buf);

#endif /* CID_NETWORK_H */
