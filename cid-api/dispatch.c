/*
 * What cid-api does with each message, one function per peer.  msg_check()
 * has passed before any is called.
 */

#include <unistd.h>

#include "conf.h"
#include "dispatch.h"
#include "http.h"
#include "log.h"
#include "logend.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "removal.h"
#include "run.h"
#include "switch.h"

/* Handed over before the loop is there. */
static int listeners[LISTENER_MAX] = { -1, -1, -1, -1 };

static void
keep_listener(const struct msg_listener *l, struct msg *m)
{
	if (listeners[l->kind] != -1)
		close(listeners[l->kind]);
	listeners[l->kind] = m->fd;
	m->fd = -1;
}

void
api_listen(struct event_base *base)
{
	static const enum listener_kind kinds[] = { LISTENER_CTL,
		LISTENER_FRONT };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (listeners[kinds[i]] == -1)
			continue;
		if (http_listen(base, kinds[i], listeners[kinds[i]]) == -1)
			fatalx("can't listen");
		listeners[kinds[i]] = -1;
	}
}

void
api_from_parent(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONF_API:
		conf_set(m->data);
		break;
	case MSG_LISTENER_API:
		keep_listener(m->data, m);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

static void
artifact_done(const struct msg_build_end *end)
{
	log_debug("build %llu: artifact read, result %u",
	    (unsigned long long)end->build.build_id, end->result);
}

void
api_from_builder(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_BUILD_SPEC:
		run_spec(m->data, msg_tail(m));
		break;
	case MSG_BUILD_STAGE:
		run_stage(m->data);
		break;
	case MSG_BUILD_DONE:
		run_done(m->data, msg_tail(m));
		break;
	case MSG_ENGINE_STATE:
		run_engine(m->data, msg_tail(m));
		break;
	case MSG_LOG_GREW:
		logend_grew(m->data);
		break;
	case MSG_ARTIFACT_DONE:
		artifact_done(m->data);
		break;
	case MSG_PROJECT_GONE:
		removal_gone(m->data, msg_tail(m));
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
api_builder_down(struct peer *p)
{
	logend_builder_down();
	run_builder_down(p);
}

void
api_from_deployer(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_RELEASE_STARTED:
		switch_started(m->data, msg_tail(m));
		break;
	case MSG_RELEASE_TRY:
		switch_try(m->data, msg_tail(m));
		break;
	case MSG_RELEASE_HEALTHY:
		switch_healthy(m->data);
		break;
	case MSG_RELEASE_FAILED:
		switch_failed(m->data, msg_tail(m));
		break;
	case MSG_RELEASE_SWITCHED:
		switch_switched(m->data);
		break;
	case MSG_RELEASE_DRAINED:
		switch_drained(m->data);
		break;
	case MSG_RELEASE_FORGOTTEN:
		removal_forgotten(m->data);
		break;
	case MSG_RELEASE_IS:
		switch_is(m->data, msg_tail(m));
		break;
	case MSG_RECONCILED:
		switch_reconciled(m->data, msg_tail(m));
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}
