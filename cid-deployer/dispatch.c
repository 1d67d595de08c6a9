/*
 * What cid-deployer does with each message, one function per peer.
 * msg_check() has passed before any is called.
 */

#include "dispatch.h"
#include "check.h"
#include "conf.h"
#include "drain.h"
#include "log.h"
#include "msg.h"
#include "observe.h"
#include "order.h"
#include "sync.h"
#include "want.h"
#include "workers.h"

void
deployer_from_parent(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONF_DEPLOYER:
		conf_take(m->data);
		break;
	case MSG_SECRET_DEPLOYER:
		/* Nothing is sealed to this program yet: closed unread. */
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
deployer_from_api(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_RELEASE_WANT:
		want_set(m->data, msg_tail(m));
		break;
	case MSG_RELEASE_FORGET:
		want_forget(m->data);
		break;
	case MSG_RELEASE_SYNC:
		sync_from_api(m->data);
		break;
	case MSG_RELEASE_RETRY:
		want_retry(m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
deployer_api_up(struct peer *p)
{
	(void)p;
	sync_api_up();
}

void
deployer_from_builder(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONTAINER_IS:
		observe_is(m->data, msg_tail(m));
		break;
	case MSG_CONTAINER_FAILED:
		order_failed(m->data, msg_tail(m));
		break;
	case MSG_CONTAINER_END:
		sync_engine(m->data);
		break;
	case MSG_CONTAINER_PORTS:
		check_ports(m->data, msg_tail(m));
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
deployer_builder_up(struct peer *p)
{
	(void)p;
	sync_builder_up();
}

void
deployer_builder_down(struct peer *p)
{
	(void)p;
	sync_builder_down();
}

void
deployer_from_edge(struct peer *p, struct msg *m)
{
	switch (m->type) {
	case MSG_ROUTE_ACK:
		workers_ack(p, m->data);
		break;
	case MSG_ROUTE_DRAINED:
		drain_from(p, m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}
