/*
 * Checks the values of a payload whose length is right: each struct by one
 * function, so that no reader has to.
 */

#include <string.h>

#include "addr.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "msg_route.h"
#include "reason.h"
#include "try.h"

#define PORT_MAX 65535
#define STATUS_MAX 999
#define HEALTHCHECKS 4

#define IS_STRING(a) (memchr((a), '\0', sizeof(a)) != NULL)

static int
pool_ok(const struct conf_pool *pool)
{
	return pool->bits >= ADDR_POOL_BITS_MIN &&
	    pool->bits <= ADDR_NET_BITS &&
	    (pool->net & (UINT32_MAX >> pool->bits)) == 0;
}

static int
hosts_ok(const struct conf_hostport *list, size_t len)
{
	size_t i;

	if (len > CONF_LIST_MAX)
		return 0;
	for (i = 0; i < CONF_LIST_MAX; i++) {
		if (!IS_STRING(list[i].host) || list[i].port > PORT_MAX)
			return 0;
	}
	return 1;
}

static int
conf_edge_ok(const void *data)
{
	const struct msg_conf_edge *c = data;

	return pool_ok(&c->pool) && IS_STRING(c->root) && IS_STRING(c->domain);
}

static int
conf_admin_ok(const void *data)
{
	const struct msg_conf_admin *c = data;

	return IS_STRING(c->root) && IS_STRING(c->host);
}

static int
conf_api_ok(const void *data)
{
	const struct msg_conf_api *c = data;

	return IS_STRING(c->instance) && IS_STRING(c->db) &&
	    IS_STRING(c->logs) && IS_STRING(c->public_url) &&
	    IS_STRING(c->api_url) && IS_STRING(c->domain) &&
	    pool_ok(&c->pool) && c->port_base <= PORT_MAX &&
	    c->port_limit <= PORT_MAX && c->git_local <= 1 && c->firewall <= 1;
}

static int
conf_builder_ok(const void *data)
{
	const struct msg_conf_builder *c = data;
	size_t i;

	for (i = 0; i < CONF_LIST_MAX; i++) {
		if (!IS_STRING(c->registries[i]))
			return 0;
	}
	return c->registries_len <= CONF_LIST_MAX && IS_STRING(c->instance) &&
	    IS_STRING(c->docker) && IS_STRING(c->logs) &&
	    IS_STRING(c->cgroup_parent) && pool_ok(&c->pool);
}

static int
conf_git_ok(const void *data)
{
	const struct msg_conf_git *c = data;
	size_t i;

	for (i = 0; i < CONF_LIST_MAX; i++) {
		if (!IS_STRING(c->local[i]))
			return 0;
	}
	return c->project_id != 0 && IS_STRING(c->ca) &&
	    c->local_len <= CONF_LIST_MAX && hosts_ok(c->allow, c->allow_len);
}

static int
conf_deployer_ok(const void *data)
{
	const struct msg_conf_deployer *c = data;

	return IS_STRING(c->instance) && pool_ok(&c->pool);
}

static int
listener_ok(const void *data)
{
	const struct msg_listener *l = data;

	return l->kind < LISTENER_MAX;
}

static int
peer_new_ok(const void *data)
{
	const struct msg_peer_new *p = data;

	return p->proc < PROC_MAX;
}

/* The type that failed may be none of ours: that is what is reported. */
static int
peer_bad_ok(const void *data)
{
	const struct msg_peer_bad *p = data;

	return p->proc < PROC_MAX && p->error <= MSG_EQUEUE;
}

static int
build_ok(const void *data)
{
	const struct msg_build *b = data;

	return b->build_id != 0 && b->project_id != 0;
}

static int
build_stage_ok(const void *data)
{
	const struct msg_build_stage *s = data;

	return build_ok(&s->build) && s->stage < STAGE_MAX &&
	    s->state < STAGE_STATES && s->reason < REASON_MAX && s->zero == 0;
}

static int
build_end_ok(const void *data)
{
	const struct msg_build_end *e = data;

	return build_ok(&e->build) && e->result < BUILD_RESULTS &&
	    e->reason < REASON_MAX && e->zero == 0;
}

static int
log_grew_ok(const void *data)
{
	const struct msg_log_grew *g = data;

	return build_ok(&g->build) && g->ended <= 1 && g->zero == 0;
}

static int
project_ok(const void *data)
{
	const struct msg_project *p = data;

	return p->project_id != 0;
}

static int
engine_ok(const void *data)
{
	const struct msg_engine *e = data;

	return e->up <= 1 && e->reason < REASON_MAX;
}

static int
git_start_ok(const void *data)
{
	const struct msg_git_start *g = data;

	return g->project_id != 0 && g->reason < REASON_MAX;
}

static int
git_done_ok(const void *data)
{
	const struct msg_git_done *g = data;

	return g->ok <= 1 && g->reason < REASON_MAX;
}

static int
env_ok(const void *data)
{
	const struct msg_env *e = data;

	return e->env_id != 0 && e->project_id != 0 && e->net < ADDR_NETS_MAX &&
	    e->slot < SLOTS;
}

/* A message about one release of an environment. */
static int
env_release_ok(const void *data)
{
	const struct msg_env *e = data;

	return env_ok(e) && e->release_id != 0;
}

static int
release_ok(const void *data)
{
	const struct msg_release *r = data;

	return r->env_id != 0 && r->project_id != 0 && r->release_id != 0 &&
	    r->slot < SLOTS && r->reason < REASON_MAX;
}

static int
release_try_ok(const void *data)
{
	const struct msg_release_try *t = data;

	return release_ok(&t->release) && t->attempt > 0 && t->ok <= 1 &&
	    t->http_status <= STATUS_MAX && t->zero == 0;
}

static int
release_sync_ok(const void *data)
{
	const struct msg_release_sync *s = data;

	return s->mode < RECONCILE_MODES;
}

static int
reconciled_ok(const void *data)
{
	const struct msg_reconciled *r = data;

	return r->zero == 0;
}

static int
container_ok(const void *data)
{
	const struct msg_container *c = data;

	return c->env_id != 0 && c->project_id != 0 && c->net < ADDR_NETS_MAX &&
	    c->slot < SLOTS && c->state < CONTAINER_STATES && c->oom <= 1 &&
	    c->port <= PORT_MAX && c->published <= PORT_MAX &&
	    c->healthcheck < HEALTHCHECKS && c->zero == 0;
}

static int
container_stop_ok(const void *data)
{
	const struct msg_container_stop *s = data;

	return env_ok(&s->env) && s->remove <= 1 && s->zero == 0;
}

/* "" or "/name": a slash at its end, or alone, would match too much. */
static int
prefix_ok(const char *s)
{
	size_t len = strlen(s);

	return len == 0 || (len > 1 && s[0] == '/' && s[len - 1] != '/');
}

static int
route_ok(const void *data)
{
	const struct msg_route *r = data;

	return r->env_id != 0 && r->state < ROUTE_STATES && r->slot < SLOTS &&
	    r->port <= PORT_MAX && r->zero == 0 && IS_STRING(r->host) &&
	    IS_STRING(r->prefix) && prefix_ok(r->prefix) &&
	    (r->host[0] != '\0' || r->prefix[0] != '\0');
}

/* A live route also leads somewhere. */
static int
route_set_ok(const void *data)
{
	const struct msg_route *r = data;

	return route_ok(r) &&
	    (r->state != ROUTE_LIVE ||
		(r->addr != 0 && r->port != 0 && r->release_id != 0));
}

static int
route_load_ok(const void *data)
{
	const struct msg_route_load *l = data;

	return l->draining == 0;
}

static int
route_drained_ok(const void *data)
{
	const struct msg_route_drained *d = data;

	return d->env_id != 0 && d->release_id != 0 && d->slot < SLOTS;
}

#ifdef CID_REGRESS
static int
try_ok(const void *data)
{
	const struct msg_try *t = data;

	return t->act < TRY_ACTS && t->port <= PORT_MAX && IS_STRING(t->path);
}
#endif

/* Types without an entry have no payload, or one where all is allowed. */
static int (*const checks[MSG_MAX])(const void *) = {
	[MSG_CONF_EDGE] = conf_edge_ok,
	[MSG_CONF_ADMIN] = conf_admin_ok,
	[MSG_CONF_API] = conf_api_ok,
	[MSG_CONF_BUILDER] = conf_builder_ok,
	[MSG_CONF_GIT] = conf_git_ok,
	[MSG_CONF_DEPLOYER] = conf_deployer_ok,
	[MSG_LISTENER_EDGE] = listener_ok,
	[MSG_LISTENER_ADMIN] = listener_ok,
	[MSG_LISTENER_API] = listener_ok,
	[MSG_LISTENER_ADOPT] = listener_ok,
	[MSG_LISTENER_DROP] = listener_ok,
	[MSG_PEER_NEW] = peer_new_ok,
	[MSG_PEER_BAD] = peer_bad_ok,

	[MSG_BUILD_START] = build_ok,
	[MSG_BUILD_SPEC] = build_ok,
	[MSG_BUILD_GO] = build_ok,
	[MSG_BUILD_CANCEL] = build_end_ok,
	[MSG_BUILD_STAGE] = build_stage_ok,
	[MSG_BUILD_DONE] = build_end_ok,
	[MSG_ENGINE_STATE] = engine_ok,
	[MSG_LOG_LINE] = build_ok,
	[MSG_LOG_END] = build_ok,
	[MSG_LOG_GREW] = log_grew_ok,
	[MSG_ARTIFACT_READ] = build_ok,
	[MSG_ARTIFACT_DONE] = build_end_ok,
	[MSG_PROJECT_REMOVE] = project_ok,
	[MSG_PROJECT_GONE] = project_ok,
	[MSG_GIT_START] = git_start_ok,
	[MSG_GIT_REFUSED] = git_start_ok,
	[MSG_GIT_KILL] = git_start_ok,
	[MSG_GIT_DONE] = git_done_ok,

	[MSG_RELEASE_WANT] = env_ok,
	[MSG_RELEASE_FORGET] = env_ok,
	[MSG_RELEASE_SYNC] = release_sync_ok,
	[MSG_RELEASE_RETRY] = env_ok,
	[MSG_RELEASE_STARTED] = release_ok,
	[MSG_RELEASE_TRY] = release_try_ok,
	[MSG_RELEASE_HEALTHY] = release_ok,
	[MSG_RELEASE_FAILED] = release_ok,
	[MSG_RELEASE_SWITCHED] = release_ok,
	[MSG_RELEASE_DRAINED] = release_ok,
	[MSG_RELEASE_FORGOTTEN] = env_ok,
	[MSG_RELEASE_IS] = container_ok,
	[MSG_RECONCILED] = reconciled_ok,
	[MSG_CONTAINER_START] = env_release_ok,
	[MSG_CONTAINER_STOP] = container_stop_ok,
	[MSG_CONTAINER_TAIL] = release_ok,
	[MSG_CONTAINER_IS] = container_ok,
	[MSG_CONTAINER_FAILED] = release_ok,
	[MSG_CONTAINER_END] = engine_ok,
	[MSG_CONTAINER_PORTS] = release_ok,

	[MSG_ROUTE_LOAD] = route_load_ok,
	[MSG_ROUTE_SET] = route_set_ok,
	[MSG_ROUTE_DEL] = route_ok,
	[MSG_ROUTE_DRAINED] = route_drained_ok,
	[MSG_ROUTE_SNAPSHOT] = route_load_ok,
	[MSG_ROUTE_TABLE] = route_load_ok,
#ifdef CID_REGRESS
	[MSG_TRY] = try_ok,
	[MSG_TRY_DONE] = try_ok,
#endif
};

/*
 * Check the fields of a payload of known type and length, aligned as its
 * struct: enums in their range, strings with their NUL, ids that name
 * something.  Routes of a route file are checked by this too, as ROUTE_SET.
 */
enum msg_error
msg_check_value(const struct msg *m)
{
	if (checks[m->type] != NULL && !checks[m->type](m->data))
		return MSG_EVALUE;
	return MSG_OK;
}
