#ifndef CID_CONF_H
#define CID_CONF_H

#include <stdint.h>
#include <stdio.h>

#include "msg_conf.h"

#define CONF_LISTEN_MAX 8
#define CONF_WORKERS_MAX 64

struct conf_listen {
	char address[CONF_HOST_MAX]; /* numeric, IPv4 or IPv6 */
	uint32_t port;
};

/* A network that containers may not reach, as nft(8) writes it. */
struct conf_range {
	char text[64];
};

/* Everything cid.conf(5) can say.  Times are seconds or, _ms, milliseconds. */
struct conf {
	char data[CONF_PATH_MAX];
	char keys[CONF_PATH_MAX];
	char run[CONF_PATH_MAX];
	char docker[CONF_PATH_MAX];
	char user_prefix[24];
	char group[32];
	char domain[CONF_HOST_MAX];
	char public_url[CONF_HOST_MAX];
	char api_url[CONF_HOST_MAX];
	char cgroup_parent[CONF_HOST_MAX];

	struct conf_listen proxy[CONF_LISTEN_MAX];
	uint32_t proxy_len;
	struct conf_listen api[CONF_LISTEN_MAX];
	uint32_t api_len;
	uint32_t workers;
	uint32_t clients_max;
	uint32_t head_timeout;
	uint32_t idle_timeout;
	uint32_t connect_timeout;
	uint32_t upstream_timeout;
	uint64_t body_max;

	struct conf_pool pool;
	uint32_t port_base;
	uint32_t port_limit;

	uint32_t builds_parallel;
	uint32_t build_timeout;
	uint32_t keep_builds;
	uint64_t memory_max;
	uint64_t nano_cpus_max; /* 0: all of the machine's */
	uint32_t pids_max;
	uint64_t log_max;

	uint32_t grace;
	uint32_t warm;
	uint32_t drain;

	char git_ca[CONF_PATH_MAX];
	char git_local[CONF_LIST_MAX][CONF_PATH_MAX];
	uint32_t git_local_len;
	uint32_t git_timeout;
	uint64_t git_max;
	struct conf_hostport allow[CONF_LIST_MAX];
	uint32_t allow_len;
	char registries[CONF_LIST_MAX][CONF_HOST_MAX];
	uint32_t registries_len;

	int firewall;
	char firewall_table[32];
	struct conf_range block[CONF_LIST_MAX];
	uint32_t block_len;
};

void conf_default(struct conf *);
int conf_finish(struct conf *, const char *file);
void conf_warn(const struct conf *, const char *file);
void conf_print(const struct conf *, FILE *);
int conf_parse(struct conf *, const char *file, int missing_ok); /* parse.y */

int conf_duration(const char *, uint32_t *seconds);
int conf_size(const char *, uint64_t *bytes);

#endif /* CID_CONF_H */
