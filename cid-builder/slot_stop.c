/*
 * Stops what is in a slot, and removes it if that is wanted.
 */

#include <string.h>

#include <bsd/string.h>

#include "answer.h"
#include "conf.h"
#include "docker.h"
#include "log.h"
#include "msg_conf.h"
#include "slot.h"
#include "slot_op.h"
#include "slot_op_state.h"
#include "slot_stop.h"

#define STOP_TIMEOUT_S 120

static void
ask(struct slot_op *op, enum docker_call call, const struct docker_ops *ops)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_VERSION);

	da.call = call;
	da.a = op->slot->now.id;
	da.timeout_s = STOP_TIMEOUT_S;
	op->req = docker_start(&da, ops, op);
}

/* It will be tried again when the deployer sees that nothing changed. */
static void
complain(const struct slot_op *op, const char *what,
    const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];

	docker_failed(a, text, sizeof(text));
	log_warnx("%s %s of environment %llu: %s", what,
	    name_of_slot(op->env.slot), (unsigned long long)op->env.env_id,
	    text);
}

static int
is_gone(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status == 404;
}

static void
on_network_gone(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (a->error != DOCKER_OK || (a->status >= 300 && !is_gone(a)))
		complain(op, "remove the network with", a);
	slot_op_end(op);
}

static const struct docker_ops network_ops = { .done = on_network_gone };

/* The last container of an environment takes its network along. */
static void
remove_network(struct slot_op *op)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_NETWORK_REMOVE);
	struct slot_seen *other;
	char name[NAME_DOCKER_MAX];

	other = slot_find(op->env.env_id, op->env.slot ^ 1U);
	if (other != NULL && (other->now.id[0] != '\0' || other->op != NULL)) {
		slot_op_end(op);
		return;
	}
	da.a = name_env_network(name, conf()->instance, op->env.env_id);
	op->req = docker_start(&da, &network_ops, op);
}

static void
on_removed(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (docker_is_lost(a)) /* the order begins anew */
		return;
	if ((a->error == DOCKER_OK && a->status < 300) || is_gone(a)) {
		slot_forget(op->slot);
		remove_network(op);
		return;
	}
	complain(op, "remove", a);
	slot_op_end(op);
}

static const struct docker_ops removed_ops = { .done = on_removed };

static void
on_inspected(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;
	struct answer_container c;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (is_gone(a))
		slot_forget(op->slot);
	else if (a->error == DOCKER_OK && a->status == 200 &&
	    answer_container(a->body, a->len, conf()->instance, &c) == 0)
		op->slot->now = c;
	slot_op_end(op);
}

static const struct docker_ops inspected_ops = { .done = on_inspected };

static void
on_stopped(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (a->error != DOCKER_OK || (a->status >= 400 && !is_gone(a)))
		complain(op, "stop", a);
	if (op->remove)
		ask(op, DOCKER_CONTAINER_REMOVE, &removed_ops);
	else
		ask(op, DOCKER_CONTAINER_INSPECT, &inspected_ops);
}

static const struct docker_ops stopped_ops = { .done = on_stopped };

/* Carry out a stop.  What is not the release that is meant stays. */
void
slot_stop(struct slot_op *op)
{
	struct answer_container *c = &op->slot->now;

	int is_meant = op->env.release_id == 0 ||
	    c->label.release_id == op->env.release_id;

	if (c->id[0] == '\0') {
		c->label.project_id = op->env.project_id;
		c->label.release_id = op->env.release_id;
		c->label.net = op->env.net;
		is_meant = 0;
	}
	if (is_meant && c->state == CONTAINER_RUNNING)
		ask(op, DOCKER_CONTAINER_STOP, &stopped_ops);
	else if (is_meant && op->remove)
		ask(op, DOCKER_CONTAINER_REMOVE, &removed_ops);
	else
		slot_op_end(op);
}
