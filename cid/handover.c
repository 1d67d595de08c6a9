/*
 * What each child is handed, and nothing more: its part of the
 * configuration, its listeners, its key, the last route table.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "handover.h"
#include "kid.h"
#include "log.h"
#include "msg_route.h"
#include "parent.h"
#include "peer.h"

#define MS(seconds) ((seconds)*1000U)

static void
copy_path(char *to, const char *dir, const char *name)
{
	int n = snprintf(to, CONF_PATH_MAX, "%s%s%s", dir, name[0] ? "/" : "",
	    name);

	if (n < 0 || n >= CONF_PATH_MAX)
		fatalx("%s: path too long", dir);
}

static void
conf_edge(const struct parent *p, struct kid *k)
{
	const struct conf *c = &p->conf;
	struct msg_conf_edge m;

	memset(&m, 0, sizeof(m));
	m.pool = c->pool;
	m.worker = k->instance;
	m.head_timeout_ms = MS(c->head_timeout);
	m.idle_timeout_ms = MS(c->idle_timeout);
	m.connect_timeout_ms = MS(c->connect_timeout);
	m.upstream_timeout_ms = MS(c->upstream_timeout);
	m.drain_ms = MS(c->drain);
	m.clients_max = c->clients_max;
	m.body_max = c->body_max;
	copy_path(m.root, c->run, "empty");
	strlcpy(m.domain, c->domain, sizeof(m.domain));
	peer_send(k->peer, MSG_CONF_EDGE, &m, sizeof(m));
}

static void
conf_admin(const struct parent *p, struct kid *k)
{
	const struct conf *c = &p->conf;
	struct msg_conf_admin m;

	memset(&m, 0, sizeof(m));
	m.head_timeout_ms = MS(c->head_timeout);
	m.idle_timeout_ms = MS(c->idle_timeout);
	m.clients_max = c->clients_max;
	copy_path(m.root, c->run, "front");
	peer_send(k->peer, MSG_CONF_ADMIN, &m, sizeof(m));
}

static void
conf_api(const struct parent *p, struct kid *k)
{
	const struct conf *c = &p->conf;
	struct msg_conf_api m;

	memset(&m, 0, sizeof(m));
	strlcpy(m.instance, p->keys.instance, sizeof(m.instance));
	copy_path(m.db, c->data, "db");
	copy_path(m.logs, c->data, "log");
	strlcpy(m.public_url, c->public_url, sizeof(m.public_url));
	strlcpy(m.api_url, c->api_url, sizeof(m.api_url));
	strlcpy(m.domain, c->domain, sizeof(m.domain));
	memcpy(m.builder_key, p->keys.builder, sizeof(m.builder_key));
	memcpy(m.deployer_key, p->keys.deployer, sizeof(m.deployer_key));
	m.pool = c->pool;
	m.builds_parallel = c->builds_parallel;
	m.build_timeout_s = c->build_timeout;
	m.port_base = c->port_base;
	m.port_limit = c->port_limit;
	m.grace_s = c->grace;
	m.warm_s = c->warm;
	m.drain_ms = MS(c->drain);
	m.keep_builds = c->keep_builds;
	m.git_local = c->git_local_len > 0;
	m.firewall = (uint32_t)p->firewall_ok;
	peer_send(k->peer, MSG_CONF_API, &m, sizeof(m));
}

/* The engine refuses a container that may use more than there are. */
static uint64_t
nano_cpus(const struct conf *c)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t all = (online < 1 ? 1 : (uint64_t)online) * 1000000000;

	if (c->nano_cpus_max == 0 || c->nano_cpus_max > all)
		return all;
	return c->nano_cpus_max;
}

static void
conf_builder(const struct parent *p, struct kid *k)
{
	const struct conf *c = &p->conf;
	struct msg_conf_builder m;

	memset(&m, 0, sizeof(m));
	strlcpy(m.instance, p->keys.instance, sizeof(m.instance));
	copy_path(m.docker, c->docker, "");
	copy_path(m.logs, c->data, "log");
	m.pool = c->pool;
	memcpy(m.key, p->keys.builder, sizeof(m.key));
	m.memory_max = c->memory_max;
	m.nano_cpus_max = nano_cpus(c);
	m.log_max = c->log_max;
	m.pids_max = c->pids_max;
	m.build_timeout_s = c->build_timeout;
	strlcpy(m.cgroup_parent, c->cgroup_parent, sizeof(m.cgroup_parent));
	memcpy(m.registries, c->registries, sizeof(m.registries));
	m.registries_len = c->registries_len;
	peer_send(k->peer, MSG_CONF_BUILDER, &m, sizeof(m));
}

static void
conf_git(const struct parent *p, struct kid *k)
{
	const struct conf *c = &p->conf;
	struct msg_conf_git m;

	memset(&m, 0, sizeof(m));
	m.project_id = k->project_id;
	strlcpy(m.ca, c->git_ca, sizeof(m.ca));
	memcpy(m.local, c->git_local, sizeof(m.local));
	memcpy(m.allow, c->allow, sizeof(m.allow));
	m.local_len = c->git_local_len;
	m.allow_len = c->allow_len;
	m.timeout_s = c->git_timeout;
	m.pack_max = c->git_max;
	peer_send(k->peer, MSG_CONF_GIT, &m, sizeof(m));
}

static void
conf_deployer(const struct parent *p, struct kid *k)
{
	struct msg_conf_deployer m;

	memset(&m, 0, sizeof(m));
	strlcpy(m.instance, p->keys.instance, sizeof(m.instance));
	m.pool = p->conf.pool;
	memcpy(m.key, p->keys.deployer, sizeof(m.key));
	m.drain_ms = MS(p->conf.drain);
	peer_send(k->peer, MSG_CONF_DEPLOYER, &m, sizeof(m));
}

/* Send a child its part of the configuration, at start and on reload. */
void
handover_conf(struct parent *p, struct kid *k)
{
	switch (k->proc) {
	case PROC_EDGE:
		conf_edge(p, k);
		break;
	case PROC_ADMIN:
		conf_admin(p, k);
		break;
	case PROC_API:
		conf_api(p, k);
		break;
	case PROC_BUILDER:
		conf_builder(p, k);
		break;
	case PROC_GIT:
		conf_git(p, k);
		break;
	case PROC_DEPLOYER:
		conf_deployer(p, k);
		break;
	default:
		fatalx("%s: not a child", proc_name(k->proc));
	}
}

static void
send_listener(struct kid *k, uint32_t type, enum listener_kind kind,
    uint32_t number, int fd)
{
	struct msg_listener m;

	memset(&m, 0, sizeof(m));
	m.kind = kind;
	m.number = number;
	peer_send_fd(k->peer, type, &m, sizeof(m), MSG_NO_TAIL, fd);
}

/* Number of a worker's listener: which worker's, which address. */
static uint32_t
listener_number(uint32_t worker, uint32_t i)
{
	return worker * CONF_LISTEN_MAX + i;
}

static void
send_listeners(const struct parent *p, struct kid *k)
{
	uint32_t i;

	switch (k->proc) {
	case PROC_EDGE:
		for (i = 0; i < p->conf.proxy_len; i++)
			send_listener(k, MSG_LISTENER_EDGE, LISTENER_VISITORS,
			    listener_number(k->instance, i),
			    p->open.proxy[k->instance][i]);
		break;
	case PROC_ADMIN:
		for (i = 0; i < p->conf.api_len; i++)
			send_listener(k, MSG_LISTENER_ADMIN, LISTENER_OPERATORS,
			    i, p->open.api[i]);
		break;
	case PROC_API:
		send_listener(k, MSG_LISTENER_API, LISTENER_CTL, 0,
		    p->open.ctl);
		send_listener(k, MSG_LISTENER_API, LISTENER_FRONT, 1,
		    p->open.front);
		break;
	default:
		break;
	}
}

static void
send_secret(const struct parent *p, struct kid *k)
{
	int fd;
	uint32_t type = MSG_SECRET_BUILDER;
	const char *name = "builder.key";

	if (k->proc == PROC_DEPLOYER) {
		type = MSG_SECRET_DEPLOYER;
		name = "deployer.key";
	} else if (k->proc != PROC_BUILDER) {
		return;
	}
	if ((fd = keys_open_secret(&p->conf, name)) == -1)
		return;
	peer_send_fd(k->peer, type, NULL, 0, MSG_NO_TAIL, fd);
	close(fd);
}

static void
send_routes(const struct parent *p, struct kid *k)
{
	struct msg_route_load m;

	if (k->proc != PROC_EDGE || p->snapshot == -1)
		return;
	memset(&m, 0, sizeof(m));
	m.generation = p->snapshot_generation;
	m.count = p->snapshot_count;
	peer_send_fd(k->peer, MSG_ROUTE_TABLE, &m, sizeof(m), MSG_NO_TAIL,
	    p->snapshot);
}

/* Hand everything to a child that just started, then let it begin. */
void
handover_send(struct parent *p, struct kid *k)
{
	handover_conf(p, k);
	send_secret(p, k);
	send_listeners(p, k);
	send_routes(p, k);
	peer_send(k->peer, MSG_START, NULL, 0);
}

/*
 * Let a living worker accept for a dead one, so that no connection waits in
 * a queue that nobody serves.
 */
void
handover_adopt(struct parent *p, struct kid *worker, uint32_t orphan)
{
	uint32_t i;

	for (i = 0; i < p->conf.proxy_len; i++)
		send_listener(worker, MSG_LISTENER_ADOPT, LISTENER_VISITORS,
		    listener_number(orphan, i), p->open.proxy[orphan][i]);
}

/* The dead worker is back: only it accepts from its own listeners. */
void
handover_drop(struct parent *p, struct kid *worker, uint32_t orphan)
{
	struct msg_listener m;
	uint32_t i;

	for (i = 0; i < p->conf.proxy_len; i++) {
		memset(&m, 0, sizeof(m));
		m.kind = LISTENER_VISITORS;
		m.number = listener_number(orphan, i);
		peer_send(worker->peer, MSG_LISTENER_DROP, &m, sizeof(m));
	}
}
