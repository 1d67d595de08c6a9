/*
 * Has a slot hold and run its release: what runs already is left alone, what
 * is another release's is removed, what is missing is made.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "answer.h"
#include "conf.h"
#include "docker.h"
#include "image.h"
#include "log.h"
#include "msg_conf.h"
#include "network.h"
#include "slot.h"
#include "slot_make.h"
#include "slot_op.h"
#include "slot_op_state.h"
#include "slot_start.h"

#define START_TIMEOUT_S 120

static void create(struct slot_op *);
static void make_network(struct slot_op *);

static const struct spec_release *
release(const struct slot_op *op)
{
	return &op->spec.slots[op->env.slot].release;
}

static void
ask(struct slot_op *op, enum docker_call call, const struct docker_ops *ops)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_VERSION);

	da.call = call;
	da.a = op->slot->now.id[0] != '\0' ? op->slot->now.id : op->name;
	da.timeout_s = START_TIMEOUT_S;
	op->req = docker_start(&da, ops, op);
}

static int
is_good(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status < 400;
}

static int
is_missing(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status == 404;
}

static void
on_failed_removed(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	slot_forget(op->slot);
	slot_op_fail(op, op->reason, op->text);
}

static const struct docker_ops failed_removed_ops = { .done =
							  on_failed_removed };

/* Say why, after removing what was made. */
static void
fail(struct slot_op *op, enum reason reason, const char *text)
{
	network_cancel(op->network);
	image_cancel(op->image);
	docker_cancel(op->req);
	op->network = NULL;
	op->image = NULL;
	op->req = NULL;
	if (!op->is_created) {
		slot_op_fail(op, reason, text);
		return;
	}
	op->reason = reason;
	strlcpy(op->text, text, sizeof(op->text));
	ask(op, DOCKER_CONTAINER_REMOVE, &failed_removed_ops);
}

static void
fail_answer(struct slot_op *op, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	if (docker_is_lost(a))
		return;
	fail(op,
	    reason == REASON_ENGINE_ERROR ? REASON_CONTAINER_FAILED : reason,
	    text);
}

static void
on_seen(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;
	struct answer_container c;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (is_good(a) &&
	    answer_container(a->body, a->len, conf()->instance, &c) == 0)
		op->slot->now = c;
	slot_op_end(op);
}

static const struct docker_ops seen_ops = { .done = on_seen };

static void
on_updated(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (!is_good(a)) /* an engine without it: the deployer restarts */
		log_debug("%s: no restart policy", op->name);
	ask(op, DOCKER_CONTAINER_INSPECT, &seen_ops);
}

static const struct docker_ops updated_ops = { .done = on_updated };

/* What visitors use is restarted by the engine itself, also without cid. */
static void
look(struct slot_op *op)
{
	enum slot_want want = (enum slot_want)op->spec.slots[op->env.slot].want;
	int wanted = want == WANT_ACTIVE || want == WANT_WARM;
	struct docker_ask da = DOCKER_ASK(DOCKER_CONTAINER_UPDATE);

	if (op->slot->now.restarts_itself == wanted) {
		ask(op, DOCKER_CONTAINER_INSPECT, &seen_ops);
		return;
	}
	da.a = op->slot->now.id;
	da.body = wanted ? "{\"RestartPolicy\":{\"Name\":\"unless-stopped\"}}"
			 : "{\"RestartPolicy\":{\"Name\":\"no\"}}";
	da.body_len = strlen(da.body);
	op->req = docker_start(&da, &updated_ops, op);
}

static void
on_removed(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;

	op->req = NULL;
	if (is_good(a) || is_missing(a)) {
		slot_forget(op->slot);
		op->is_created = 0;
		create(op);
	} else
		fail_answer(op, a);
}

static const struct docker_ops removed_ops = { .done = on_removed };

static int
is_port_taken(const char *text)
{
	return strstr(text, "already allocated") != NULL ||
	    strstr(text, "address already in use") != NULL;
}

/* The other slot's end may have taken it away just now. */
static int
is_network_gone(const char *text)
{
	return strncmp(text, "network ", 8) == 0 &&
	    strstr(text, "not found") != NULL;
}

/* The engine's bind is the test: the next port, or none. */
static void
try_next_port(struct slot_op *op)
{
	op->publish++;
	if (op->publish > (uint32_t)release(op)->publish_max)
		op->publish = 0;
	ask(op, DOCKER_CONTAINER_REMOVE, &removed_ops);
}

static void
on_started(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;
	char text[ANSWER_TEXT_MAX];

	op->req = NULL;
	if (is_good(a)) {
		look(op);
		return;
	}
	docker_failed(a, text, sizeof(text));
	if (a->error == DOCKER_OK && op->publish != 0 && is_port_taken(text)) {
		try_next_port(op);
	} else if (is_network_gone(text) && !op->network_again) {
		op->network_again = 1;
		op->network_ready = 0;
		make_network(op);
	} else {
		fail_answer(op, a);
	}
}

static const struct docker_ops started_ops = { .done = on_started };

/* Start it once both the container and the network are there. */
static void
run(struct slot_op *op)
{
	if (op->slot->now.id[0] != '\0' && op->network_ready && op->req == NULL)
		ask(op, DOCKER_CONTAINER_START, &started_ops);
}

static void
on_network(void *arg, enum reason reason, const char *text)
{
	struct slot_op *op = arg;

	op->network = NULL;
	if (reason == REASON_ENGINE_DOWN)
		return;
	if (reason != REASON_NONE) {
		fail(op, reason, text);
		return;
	}
	op->network_ready = 1;
	run(op);
}

static void
on_image(void *arg, const struct image_result *r)
{
	struct slot_op *op = arg;

	op->image = NULL;
	if (r->reason == REASON_NONE)
		create(op);
	else if (r->reason != REASON_ENGINE_DOWN)
		fail(op, r->reason, r->text);
}

/* The image was removed since the build; its registry may have it still. */
static void
pull(struct slot_op *op)
{
	struct image_want w;

	memset(&w, 0, sizeof(w));
	w.name = release(op)->image;
	w.project_id = op->env.project_id;
	w.registries = &release(op)->registries;
	w.is_resolved = 1;
	if (!op->was_pulled)
		op->image = image_get(&w, on_image, op);
	op->was_pulled = 1;
	if (op->image == NULL)
		fail(op, REASON_IMAGE_MISSING, w.name);
}

/* A container of that name: one that the list did not show. */
static void
on_conflict(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;
	struct answer_container c;

	op->req = NULL;
	if (docker_is_lost(a))
		return;
	if (!is_good(a) || op->was_replaced ||
	    answer_container(a->body, a->len, conf()->instance, &c) == -1 ||
	    c.label.kind != LABEL_SLOT || c.label.env_id != op->env.env_id ||
	    c.label.slot != op->env.slot) {
		fail(op, REASON_CONTAINER_FAILED,
		    "a container of that name is not cid's");
		return;
	}
	op->was_replaced = 1;
	op->slot->now = c;
	ask(op, DOCKER_CONTAINER_REMOVE, &removed_ops);
}

static const struct docker_ops conflict_ops = { .done = on_conflict };

static void
on_created(void *arg, const struct docker_answer *a)
{
	struct slot_op *op = arg;
	struct answer_container *now = &op->slot->now;
	char id[ANSWER_ID_MAX];

	op->req = NULL;
	if (a->error == DOCKER_OK && a->status == 201 &&
	    answer_id(a->body, a->len, id) == 0) {
		memset(now, 0, sizeof(*now));
		strlcpy(now->id, id, sizeof(now->id));
		slot_make_label(op, LABEL_SLOT, &now->label);
		now->state = CONTAINER_CREATED;
		op->is_created = 1;
		run(op);
	} else if (is_missing(a)) {
		pull(op);
	} else if (a->error == DOCKER_OK &&
	    (a->status == 409 || strstr(a->body, "already in use") != NULL)) {
		ask(op, DOCKER_CONTAINER_INSPECT, &conflict_ops);
	} else {
		fail_answer(op, a);
	}
}

static const struct docker_ops created_ops = { .done = on_created };

static void
create(struct slot_op *op)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_CONTAINER_CREATE);
	enum reason reason;
	char *body;

	reason = slot_make(op, &body, &da.body_len);
	if (reason != REASON_NONE) {
		fail(op, reason, reason_sentence(reason));
		return;
	}
	da.a = op->name;
	da.body = body;
	op->req = docker_start(&da, &created_ops, op);
	freezero(body, da.body_len);
}

/* What can't be made shall not take the place of what is there. */
static enum reason
check(struct slot_op *op)
{
	enum reason reason;
	size_t len;
	char *body;

	if ((uint64_t)release(op)->id != op->env.release_id)
		return REASON_SPEC_INVALID;
	if ((reason = slot_make(op, &body, &len)) == REASON_NONE)
		freezero(body, len);
	return reason;
}

static void
make_network(struct slot_op *op)
{
	struct label l;

	slot_make_label(op, LABEL_NETWORK, &l);
	op->network = network_make(&l, on_network, op);
}

/* Carry out a start. */
void
slot_start(struct slot_op *op)
{
	const struct answer_container *c = &op->slot->now;
	const struct spec_release *r = release(op);
	enum reason reason;

	op->is_created = op->network_ready = op->network_again = 0;
	op->was_pulled = op->was_replaced = 0;
	op->publish = r->publish_max > 0 ? (uint32_t)r->publish : 0;
	name_slot(op->name, op->spec.project, op->spec.environment,
	    op->env.slot);
	if ((reason = check(op)) != REASON_NONE) {
		slot_op_fail(op, reason, reason_sentence(reason));
		return;
	}
	if (c->id[0] != '\0' && c->label.release_id == op->env.release_id &&
	    c->state == CONTAINER_RUNNING) {
		look(op);
		return;
	}
	make_network(op);
	if (c->id[0] == '\0')
		create(op);
	else if (c->label.release_id != op->env.release_id)
		ask(op, DOCKER_CONTAINER_REMOVE, &removed_ops);
}
