/*
 * Orders about slots: one at a time for each slot, the latest that waits
 * takes the place of one before it, and none is lost while the engine is
 * away.  Stopping is done here, starting in slot_start.c.
 */

#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "docker.h"
#include "image.h"
#include "log.h"
#include "msg.h"
#include "network.h"
#include "peer.h"
#include "reason.h"
#include "schema.h"
#include "slot.h"
#include "slot_op.h"
#include "slot_op_state.h"
#include "slot_start.h"
#include "slot_stop.h"

static void
op_free(struct slot_op *op)
{
	if (op == NULL)
		return;
	op_free(op->next);
	schema_free(&spec_env_schema, &op->spec);
	free(op);
}

/* Begin, or begin again, what waits for this slot. */
void
slot_op_go(struct slot_seen *s)
{
	struct slot_op *op = s->op;

	if (op == NULL || op->is_begun || !slot_is_listed())
		return;
	op->is_begun = 1;
	docker_cancel(s->refresh);
	s->refresh = NULL;
	if (op->is_start)
		slot_start(op);
	else
		slot_stop(op);
}

/* The engine went: the order waits for it, and begins anew. */
void
slot_op_stop(struct slot_seen *s)
{
	struct slot_op *op = s->op;

	if (op == NULL)
		return;
	docker_cancel(op->req);
	image_cancel(op->image);
	network_cancel(op->network);
	op->req = NULL;
	op->image = NULL;
	op->network = NULL;
	op->is_begun = 0;
}

/* The order is carried out: tell what is there now, go on with the next. */
void
slot_op_end(struct slot_op *op)
{
	struct slot_seen *s = op->slot;

	/* Of an empty slot only the order knows whose it is. */
	if (s->now.id[0] == '\0') {
		s->now.label.project_id = op->env.project_id;
		s->now.label.net = op->env.net;
	}
	slot_tell(s);
	s->op = op->next;
	op->next = NULL;
	op_free(op);
	if (s->op == NULL)
		slot_look_again(s);
	slot_op_go(s);
}

static void
tell_failure(const struct slot_op *op, uint32_t reason, const char *text)
{
	struct msg_release m;

	memset(&m, 0, sizeof(m));
	m.env_id = op->env.env_id;
	m.project_id = op->env.project_id;
	m.release_id = op->env.release_id;
	m.build_id = (uint64_t)op->spec.slots[op->env.slot].release.build_id;
	m.number = (uint32_t)op->spec.slots[op->env.slot].release.number;
	m.slot = op->env.slot;
	m.reason = reason;
	peer_send_tail(child_peer(PROC_DEPLOYER, 0), MSG_CONTAINER_FAILED, &m,
	    sizeof(m), text, strlen(text));
}

/* It can't be carried out. */
void
slot_op_fail(struct slot_op *op, uint32_t reason, const char *text)
{
	tell_failure(op, reason, text);
	slot_op_end(op);
}

static struct slot_op *
op_new(const struct msg_env *env)
{
	struct slot_op *op;

	if ((op = calloc(1, sizeof(*op))) == NULL)
		fatal("slot");
	op->env = *env;
	op->slot = slot_get(env->env_id, env->slot);
	return op;
}

static void
queue(struct slot_op *op)
{
	struct slot_seen *s = op->slot;

	if (s->op != NULL && s->op->is_begun) {
		op_free(s->op->next);
		s->op->next = op;
		return;
	}
	op_free(s->op);
	s->op = op;
	slot_op_go(s);
}

/* CONTAINER_START: have the slot hold and run its release. */
void
slot_op_start(const struct msg_env *env, struct msg_tail doc)
{
	struct slot_op *op = op_new(env);
	struct schema_error e;

	op->is_start = 1;
	if (schema_parse(&spec_env_schema, doc.data, doc.len, &op->spec, NULL,
		&e) == 0) {
		queue(op);
		return;
	}
	log_warnx("CONTAINER_START: %s %s", e.field, e.reason);
	tell_failure(op, REASON_INTERNAL, "the release can't be read");
	op_free(op);
}

/* CONTAINER_STOP: have the slot hold nothing, or nothing that runs. */
void
slot_op_stop_container(const struct msg_container_stop *m)
{
	struct slot_op *op = op_new(&m->env);

	op->remove = m->remove != 0;
	queue(op);
}
