/*
 * What cid-proxy does with each message, one function per role and peer.
 * msg_check() has passed before any is called.
 */

#include <ctype.h>
#include <string.h>

#include <bsd/string.h>

#include "dispatch.h"
#include "listen.h"
#include "log.h"
#include "msg.h"
#include "msg_conf.h"
#include "peer.h"
#include "proxy.h"
#include "table.h"

static struct proxy *px;

/* Messages are about this worker from now on. */
void
dispatch_to(struct proxy *proxy)
{
	px = proxy;
}

void
dispatch_stop(void)
{
	proxy_stop(px);
}

static uint32_t
at_least_a_second(uint32_t ms)
{
	return ms < 1000 ? 1 : (ms + 999) / 1000;
}

static void
set_host(const char *host)
{
	char *p;

	strlcpy(px->limits.host, host, sizeof(px->limits.host));
	for (p = px->limits.host; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

static void
conf_edge(const struct msg_conf_edge *m)
{
	struct proxy_limits *l = &px->limits;

	l->head = at_least_a_second(m->head_timeout_ms);
	l->idle = at_least_a_second(m->idle_timeout_ms);
	l->connect = at_least_a_second(m->connect_timeout_ms);
	l->upstream = at_least_a_second(m->upstream_timeout_ms);
	l->drain_ms = m->drain_ms;
	l->clients = m->clients_max;
	l->body = m->body_max;
	l->pool = m->pool;
	set_host(m->domain);
	strlcpy(px->root, m->root, sizeof(px->root));
}

static void
conf_admin(const struct msg_conf_admin *m)
{
	struct proxy_limits *l = &px->limits;

	l->head = at_least_a_second(m->head_timeout_ms);
	l->idle = at_least_a_second(m->idle_timeout_ms);
	l->connect = l->head;
	l->upstream = PROXY_API_S;
	l->drain_ms = PROXY_API_DRAIN_MS;
	l->clients = m->clients_max;
	set_host(m->host);
	strlcpy(px->root, m->root, sizeof(px->root));
}

/* The listener's descriptor is ours from here. */
static void
add_listener(struct msg *m)
{
	const struct msg_listener *l = m->data;

	listen_add(px, l->number, m->fd);
	m->fd = -1;
}

void
edge_from_parent(struct peer *p, struct msg *m)
{
	const struct msg_listener *l;

	(void)p;
	switch (m->type) {
	case MSG_CONF_EDGE:
		conf_edge(m->data);
		break;
	case MSG_LISTENER_EDGE:
	case MSG_LISTENER_ADOPT:
		add_listener(m);
		break;
	case MSG_LISTENER_DROP:
		l = m->data;
		listen_drop(px, l->number);
		break;
	case MSG_ROUTE_TABLE:
		table_keep(px, m->data, m->fd);
		m->fd = -1;
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
edge_from_deployer(struct peer *p, struct msg *m)
{
	switch (m->type) {
	case MSG_ROUTE_LOAD:
		table_load(px, p, m->data, m->fd);
		break;
	case MSG_ROUTE_SET:
		table_set(px, p, m->data);
		break;
	case MSG_ROUTE_DEL:
		table_del(px, p, m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
admin_from_parent(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONF_ADMIN:
		conf_admin(m->data);
		break;
	case MSG_LISTENER_ADMIN:
		add_listener(m);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}
