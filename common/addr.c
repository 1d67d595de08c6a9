/*
 * Addresses: where in the pool each slot lives, and the one judge of where
 * outgoing calls may go (S18).
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "addr.h"
#include "msg_conf.h"
#include "msg_release.h"

#define SLOT_FIRST 2 /* .1 is the bridge */

struct range4 {
	uint32_t net;
	uint32_t bits;
};

#define NET4(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* Where nobody's public server lives (the IANA special-purpose registry). */
static const struct range4 not_public4[] = {
	{ NET4(0, 0, 0, 0), 8 },       /* this network, unspecified */
	{ NET4(10, 0, 0, 0), 8 },      /* private */
	{ NET4(100, 64, 0, 0), 10 },   /* carrier-grade NAT */
	{ NET4(127, 0, 0, 0), 8 },     /* loopback */
	{ NET4(169, 254, 0, 0), 16 },  /* link-local, cloud metadata */
	{ NET4(172, 16, 0, 0), 12 },   /* private */
	{ NET4(192, 0, 0, 0), 24 },    /* protocol assignments */
	{ NET4(192, 0, 2, 0), 24 },    /* documentation */
	{ NET4(192, 88, 99, 0), 24 },  /* 6to4 relays, gone */
	{ NET4(192, 168, 0, 0), 16 },  /* private */
	{ NET4(198, 18, 0, 0), 15 },   /* benchmarks */
	{ NET4(198, 51, 100, 0), 24 }, /* documentation */
	{ NET4(203, 0, 113, 0), 24 },  /* documentation */
	{ NET4(224, 0, 0, 0), 4 },     /* multicast */
	{ NET4(240, 0, 0, 0), 4 },     /* reserved, broadcast */
};

/* Where a pool may lie: networks that people use at home. */
static const struct range4 pools[] = {
	{ NET4(10, 0, 0, 0), 8 },
	{ NET4(100, 64, 0, 0), 10 },
	{ NET4(172, 16, 0, 0), 12 },
	{ NET4(192, 168, 0, 0), 16 },
	{ NET4(198, 18, 0, 0), 15 },
};

struct range6 {
	uint8_t net[16];
	uint32_t bits;
};

/* Inside 2000::/3; everything outside of that is not public anyway. */
static const struct range6 not_public6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },	    /* protocols; Teredo, ORCHID */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff, 0x00 }, 20 },	    /* documentation */
};

/* IPv6 forms that stand for the IPv4 address at byte at. */
static const struct {
	struct range6 range;
	size_t at;
} embedded[] = {
	{ { { 0 }, 96 }, 12 },			      /* ::a.b.c.d */
	{ { { [10] = 0xff, [11] = 0xff }, 96 }, 12 }, /* mapped */
	{ { { [8] = 0xff, [9] = 0xff }, 96 }, 12 },   /* SIIT */
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },   /* NAT64 */
	{ { { 0x20, 0x02 }, 16 }, 2 },		      /* 6to4 */
};

static uint32_t
mask4(uint32_t bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

static int
in_range4(const struct range4 *r, uint32_t addr)
{
	return (addr & mask4(r->bits)) == r->net;
}

static int
in_range6(const struct range6 *r, const uint8_t *addr)
{
	size_t whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(r->net, addr, whole) != 0)
		return 0;
	return rest == 0 || (r->net[whole] ^ addr[whole]) >> (8 - rest) == 0;
}

/*
 * Read "10.213.0.0/16".  Returns 0, or -1 when it is not a network, when bits
 * are set behind the mask, when not even one environment fits or more than
 * ADDR_NETS_MAX do, or when it is not made of private addresses.
 */
int
addr_parse_pool(const char *s, struct conf_pool *pool)
{
	char host[INET_ADDRSTRLEN];
	struct in_addr in;
	struct range4 want;
	const char *err, *slash;
	size_t i;

	if ((slash = strchr(s, '/')) == NULL ||
	    (size_t)(slash - s) >= sizeof(host))
		return -1;
	strlcpy(host, s, (size_t)(slash - s) + 1);
	if (inet_pton(AF_INET, host, &in) != 1)
		return -1;
	want.bits = (uint32_t)strtonum(slash + 1, ADDR_POOL_BITS_MIN,
	    ADDR_NET_BITS, &err);
	if (err != NULL)
		return -1;
	want.net = ntohl(in.s_addr);
	if ((want.net & ~mask4(want.bits)) != 0)
		return -1;
	for (i = 0; i < sizeof(pools) / sizeof(pools[0]); i++) {
		if (want.bits >= pools[i].bits &&
		    in_range4(&pools[i], want.net)) {
			pool->net = want.net;
			pool->bits = want.bits;
			return 0;
		}
	}
	return -1;
}

/* How many environments have room. */
uint32_t
addr_pool_nets(const struct conf_pool *pool)
{
	return 1U << (ADDR_NET_BITS - pool->bits);
}

/* The first address of an environment's network; -1 outside the pool. */
int
addr_net(const struct conf_pool *pool, uint32_t net, uint32_t *base)
{
	if (net >= addr_pool_nets(pool))
		return -1;
	*base = pool->net + (net << (32 - ADDR_NET_BITS));
	return 0;
}

/* The address a slot keeps for life; -1 when there is no such slot. */
int
addr_slot(const struct conf_pool *pool, uint32_t net, uint32_t slot,
    uint32_t *addr)
{
	uint32_t base;

	if (slot >= SLOTS || addr_net(pool, net, &base) == -1)
		return -1;
	*addr = base + SLOT_FIRST + slot;
	return 0;
}

int
addr_in_pool(const struct conf_pool *pool, uint32_t addr)
{
	return (addr & mask4(pool->bits)) == pool->net;
}

/* Print into buf, of at least 16 bytes, and return it. */
const char *
addr_print(uint32_t addr, char *buf, size_t len)
{
	snprintf(buf, len, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 0xff,
	    addr >> 8 & 0xff, addr & 0xff);
	return buf;
}

static int
is_public4(uint32_t addr)
{
	size_t i;

	for (i = 0; i < sizeof(not_public4) / sizeof(not_public4[0]); i++) {
		if (in_range4(&not_public4[i], addr))
			return 0;
	}
	return 1;
}

static int
is_public6(const uint8_t *addr)
{
	static const struct range6 global = { { 0x20 }, 3 };
	uint32_t v4;
	size_t i;

	for (i = 0; i < sizeof(embedded) / sizeof(embedded[0]); i++) {
		if (!in_range6(&embedded[i].range, addr))
			continue;
		memcpy(&v4, addr + embedded[i].at, sizeof(v4));
		return is_public4(ntohl(v4));
	}
	if (!in_range6(&global, addr))
		return 0;
	for (i = 0; i < sizeof(not_public6) / sizeof(not_public6[0]); i++) {
		if (in_range6(&not_public6[i], addr))
			return 0;
	}
	return 1;
}

static int
is_public(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&in4, sa, sizeof(in4));
		return is_public4(ntohl(in4.sin_addr.s_addr));
	case AF_INET6:
		memcpy(&in6, sa, sizeof(in6));
		return is_public6(in6.sin6_addr.s6_addr);
	default:
		return 0;
	}
}

/*
 * Judge the resolved address that is about to be connected to.  host and port
 * are what the user named; port is not read from the address.  The operator's
 * list names hosts, not addresses: it lets that name point anywhere but at
 * something that is not IP.
 */
enum addr_verdict
addr_judge(const struct sockaddr *sa, const char *host, uint32_t port,
    const struct conf_hostport *allow, size_t allow_len)
{
	size_t i;

	if (is_public(sa))
		return ADDR_PUBLIC;
	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return ADDR_REFUSED;
	for (i = 0; i < allow_len; i++) {
		if (strcasecmp(allow[i].host, host) == 0 &&
		    (allow[i].port == 0 || allow[i].port == port))
			return ADDR_ALLOWED;
	}
	return ADDR_REFUSED;
}
