#ifndef CID_ADDR_H
#define CID_ADDR_H

#include <stddef.h>
#include <stdint.h>

struct conf_hostport;
struct conf_pool;
struct sockaddr;

/*
 * IPv4 addresses are host byte order.  An environment's network is the
 * net-th /27 of the pool; .2 is blue, .3 is green, .1 the bridge.
 */
#define ADDR_NET_BITS 27
#define ADDR_POOL_BITS_MIN 8
#define ADDR_NETS_MAX (1U << (ADDR_NET_BITS - ADDR_POOL_BITS_MIN))

int addr_parse_pool(const char *, struct conf_pool *);
uint32_t addr_pool_nets(const struct conf_pool *);
int addr_net(const struct conf_pool *, uint32_t net, uint32_t *base);
int addr_slot(const struct conf_pool *, uint32_t net, uint32_t slot,
    uint32_t *addr);
int addr_in_pool(const struct conf_pool *, uint32_t addr);
const char *addr_print(uint32_t addr, char *buf, size_t);

/* Why an outgoing call may not be made (S18). */
enum addr_verdict {
	ADDR_PUBLIC,
	ADDR_ALLOWED, /* not public, but the operator named host and port */
	ADDR_REFUSED
};

enum addr_verdict addr_judge(const struct sockaddr *, const char *host,
    uint32_t port, const struct conf_hostport *allow, size_t allow_len);

#endif /* CID_ADDR_H */
