/*
 * What cid-api hears of releases.  What could not be sent is told again when
 * it is back; only single tries get lost.
 */

#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "child.h"
#include "conf.h"
#include "env.h"
#include "msg_conf.h"
#include "peer.h"
#include "report.h"

static int
say(uint32_t type, const void *data, size_t len, const char *text)
{
	return peer_send_tail(child_peer(PROC_API, 0), type, data, len, text,
	    strlen(text));
}

/* What is seen of a container.  Returns -1 when cid-api is not there. */
int
report_is(const struct msg_container *is, const char *id)
{
	return say(MSG_RELEASE_IS, is, sizeof(*is), id);
}

void
report_try(const struct msg_release_try *t, const char *text)
{
	say(MSG_RELEASE_TRY, t, sizeof(*t), text);
}

/* A release failed or was refused; r->reason says why, text in words. */
void
report_failed(const struct msg_release *r, const char *text)
{
	say(MSG_RELEASE_FAILED, r, sizeof(*r),
	    text[0] != '\0' ? text : reason_sentence(r->reason));
}

/* The requests of a release that no slot wants any more have ended. */
void
report_drained(const struct msg_release *r)
{
	peer_send(child_peer(PROC_API, 0), MSG_RELEASE_DRAINED, r, sizeof(*r));
}

/* Where people on the host find it, or that it found no port. */
static void
print_published(const struct env *e, uint32_t slot, char *buf, size_t size)
{
	uint32_t port = e->slots[slot].seen.is.published;

	if (port != 0)
		snprintf(buf, size, ", published on 127.0.0.1:%u",
		    (unsigned int)port);
	else if (e->slots[slot].want.is_published)
		snprintf(buf, size, ", %s: %s", reason_code(REASON_PORT_NONE),
		    reason_sentence(REASON_PORT_NONE));
}

static int
tell_started(const struct env *e, uint32_t slot, const struct msg_release *r)
{
	char text[ENV_TEXT_MAX], ip[32] = "", published[128] = "";
	uint32_t addr;

	if (addr_slot(&conf()->pool, e->net, slot, &addr) == 0)
		addr_print(addr, ip, sizeof(ip));
	print_published(e, slot, published, sizeof(published));
	snprintf(text, sizeof(text), "%s:%u%s", ip,
	    (unsigned int)e->slots[slot].want.port, published);
	return say(MSG_RELEASE_STARTED, r, sizeof(*r), text);
}

static int
send_fact(const struct env *e, uint32_t slot, unsigned int fact,
    const struct msg_release *r)
{
	struct peer *api = child_peer(PROC_API, 0);
	const char *text = e->slots[slot].work.text;

	switch (fact) {
	case REC_STARTED:
		return tell_started(e, slot, r);
	case REC_HEALTHY:
		return peer_send(api, MSG_RELEASE_HEALTHY, r, sizeof(*r));
	case REC_FAILED:
		return say(MSG_RELEASE_FAILED, r, sizeof(*r),
		    text[0] != '\0' ? text : reason_sentence(r->reason));
	case REC_SWITCHED:
		return peer_send(api, MSG_RELEASE_SWITCHED, r, sizeof(*r));
	case REC_DRAINED:
		return peer_send(api, MSG_RELEASE_DRAINED, r, sizeof(*r));
	default:
		return 0;
	}
}

/* Tell one of REC_STARTED and so on of the wanted release in a slot. */
void
report_fact(struct env *e, uint32_t slot, unsigned int fact)
{
	const struct env_want *want = &e->slots[slot].want;
	struct env_work *w = &e->slots[slot].work;
	struct msg_release r;

	memset(&r, 0, sizeof(r));
	r.env_id = e->env_id;
	r.project_id = e->project_id;
	r.release_id = want->release_id;
	r.build_id = want->build_id;
	r.slot = slot;
	r.number = want->number;
	if (fact == REC_FAILED)
		r.reason = w->reason;
	if (fact == REC_DRAINED)
		r.count = w->cut;
	if (send_fact(e, slot, fact, &r) == 0)
		w->told |= fact;
}

/* Nothing is left of an environment: no route, no container. */
void
report_forgotten(const struct env *e)
{
	struct msg_env m;

	memset(&m, 0, sizeof(m));
	m.env_id = e->env_id;
	m.project_id = e->project_id;
	m.net = e->net;
	peer_send(child_peer(PROC_API, 0), MSG_RELEASE_FORGOTTEN, &m,
	    sizeof(m));
}

/* What came of comparing all; text names what a person has to decide. */
void
report_reconciled(const struct msg_reconciled *m, const char *text)
{
	say(MSG_RECONCILED, m, sizeof(*m), text);
}
