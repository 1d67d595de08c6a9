/*
 * What the engine has in the slots: listed when the engine comes, kept right
 * by its events, told to the deployer.  Containers are known by their
 * labels, whatever their names.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "addr.h"
#include "child.h"
#include "conf.h"
#include "docker.h"
#include "engine.h"
#include "json.h"
#include "log.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "peer.h"
#include "slot.h"
#include "slot_op.h"

static struct slot_seen *slots;
static struct docker_req *listing;
static struct json_object *list; /* of the engine, while it is gone through */
static size_t list_pos;
static int is_listed;

static void list_next(void);

struct slot_seen *
slot_find(uint64_t env_id, uint32_t number)
{
	struct slot_seen *s;

	for (s = slots; s != NULL; s = s->next) {
		if (s->env_id == env_id && s->number == number)
			return s;
	}
	return NULL;
}

/* Labels can be forged by who may use the engine: take what makes sense. */
static int
is_slot(const struct label *l)
{
	return l->kind == LABEL_SLOT && l->env_id != 0 && l->project_id != 0 &&
	    l->net < ADDR_NETS_MAX;
}

static struct slot_seen *
find_unused(void)
{
	struct slot_seen *s;

	for (s = slots; s != NULL; s = s->next) {
		if (s->now.id[0] == '\0' && s->op == NULL && s->refresh == NULL)
			return s;
	}
	return NULL;
}

struct slot_seen *
slot_get(uint64_t env_id, uint32_t number)
{
	struct slot_seen *s = slot_find(env_id, number);

	if (s != NULL)
		return s;
	if ((s = find_unused()) == NULL) {
		if ((s = calloc(1, sizeof(*s))) == NULL)
			fatal("slot");
		s->next = slots;
		slots = s;
	}
	memset(&s->now, 0, sizeof(s->now));
	s->env_id = env_id;
	s->number = number;
	return s;
}

/* Tell the deployer what is in the slot. */
void
slot_tell(const struct slot_seen *s)
{
	const struct answer_container *c = &s->now;
	struct msg_container m;

	memset(&m, 0, sizeof(m));
	m.env_id = s->env_id;
	m.slot = s->number;
	m.project_id = c->label.project_id;
	m.release_id = c->label.release_id;
	m.net = c->label.net;
	m.port = c->label.port;
	m.state = c->state;
	m.exit_code = c->exit_code;
	m.oom = (uint32_t)c->oom;
	m.restarts = c->restarts;
	m.published = c->published;
	m.started_ms = c->started_ms;
	m.healthcheck = c->health;
	peer_send_tail(child_peer(PROC_DEPLOYER, 0), MSG_CONTAINER_IS, &m,
	    sizeof(m), c->id, strlen(c->id));
}

/* There is nothing in it any more; what was there is still told of. */
void
slot_forget(struct slot_seen *s)
{
	s->now.state = CONTAINER_GONE;
	s->now.id[0] = '\0';
	s->now.pid = 0;
	s->now.published = 0;
}

static void
gone(struct slot_seen *s)
{
	slot_forget(s);
	slot_tell(s);
}

/* Say whether there is nothing new to tell. */
static int
is_same(const struct answer_container *a, const struct answer_container *b)
{
	return strcmp(a->id, b->id) == 0 && a->state == b->state &&
	    a->exit_code == b->exit_code && a->oom == b->oom &&
	    a->restarts == b->restarts && a->published == b->published &&
	    a->health == b->health && a->address == b->address &&
	    a->pid == b->pid && a->started_ms == b->started_ms &&
	    a->restarts_itself == b->restarts_itself &&
	    strcmp(a->error, b->error) == 0;
}

static void
set(struct slot_seen *s, const struct answer_container *c)
{
	if (is_same(&s->now, c))
		return;
	s->now = *c;
	slot_tell(s);
}

static void refresh(struct slot_seen *);

static void
on_refreshed(void *arg, const struct docker_answer *a)
{
	struct slot_seen *s = arg;
	struct answer_container c;

	s->refresh = NULL;
	if (s->op != NULL) /* which looks for itself */
		return;
	if (s->refresh_again)
		refresh(s);
	else if (a->error == DOCKER_OK && a->status == 404)
		gone(s);
	else if (a->error == DOCKER_OK && a->status == 200 &&
	    answer_container(a->body, a->len, conf()->instance, &c) == 0 &&
	    is_slot(&c.label))
		set(s, &c);
}

static const struct docker_ops refreshed_ops = { .done = on_refreshed };

static void
refresh(struct slot_seen *s)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_INSPECT);

	s->refresh_again = 0;
	ask.a = s->now.id;
	s->refresh = docker_start(&ask, &refreshed_ops, s);
}

/*
 * An order is carried out: what happened meanwhile may be newer than the
 * answers to its questions.
 */
void
slot_look_again(struct slot_seen *s)
{
	if (s->refresh_again && s->now.id[0] != '\0')
		refresh(s);
	s->refresh_again = 0;
}

/* Something happened to one of our containers. */
void
slot_event(const struct answer_event *e)
{
	struct slot_seen *s;

	if (!is_slot(&e->label) || !is_listed)
		return;
	s = slot_get(e->label.env_id, e->label.slot);
	if (s->op != NULL) {
		s->refresh_again = 1;
		return;
	}
	if (s->now.id[0] == '\0')
		strlcpy(s->now.id, e->id, sizeof(s->now.id));
	if (strcmp(s->now.id, e->id) != 0)
		return;
	if (s->refresh != NULL)
		s->refresh_again = 1;
	else if (e->is_gone)
		gone(s);
	else
		refresh(s);
}

static void
tell_end(void)
{
	struct msg_engine m;

	memset(&m, 0, sizeof(m));
	m.up = (uint32_t)engine_is_up();
	peer_send(child_peer(PROC_DEPLOYER, 0), MSG_CONTAINER_END, &m,
	    sizeof(m));
}

static void
tell_all(void)
{
	struct slot_seen *s;

	for (s = slots; s != NULL; s = s->next) {
		if (s->now.id[0] != '\0')
			slot_tell(s);
	}
	tell_end();
}

static void
list_over(void)
{
	struct slot_seen *s;

	json_free(list);
	list = NULL;
	is_listed = 1;
	tell_all();
	for (s = slots; s != NULL; s = s->next)
		slot_op_go(s);
}

static void
on_inspected(void *arg, const struct docker_answer *a)
{
	struct answer_container c;
	struct slot_seen *s;

	(void)arg;
	listing = NULL;
	if (a->error == DOCKER_OK && a->status == 200 &&
	    answer_container(a->body, a->len, conf()->instance, &c) == 0 &&
	    is_slot(&c.label)) {
		s = slot_get(c.label.env_id, c.label.slot);
		if (s->now.id[0] == '\0')
			s->now = c;
	}
	list_next();
}

static const struct docker_ops inspected_ops = { .done = on_inspected };

static void
list_next(void)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_INSPECT);

	if (!engine_is_up())
		return;
	if (list_pos >= json_len(list)) {
		list_over();
		return;
	}
	ask.a = json_text(json_item(list, list_pos++), "Id");
	listing = docker_start(&ask, &inspected_ops, NULL);
}

static void
on_listed(void *arg, const struct docker_answer *a)
{
	(void)arg;
	listing = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		log_warnx("the engine does not list containers");
		engine_lost();
		return;
	}
	list = json_read(a->body, a->len);
	list_pos = 0;
	list_next();
}

static const struct docker_ops listed_ops = { .done = on_listed };

/* Look at all slots: nothing that is in them now is known. */
void
slot_engine_up(void)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINERS);
	char filter[256];
	struct slot_seen *s;

	for (s = slots; s != NULL; s = s->next)
		memset(&s->now, 0, sizeof(s->now));
	ask.b =
	    label_filter(filter, sizeof(filter), conf()->instance, LABEL_SLOT);
	listing = docker_start(&ask, &listed_ops, NULL);
}

void
slot_engine_down(void)
{
	struct slot_seen *s;

	docker_cancel(listing);
	listing = NULL;
	json_free(list);
	list = NULL;
	is_listed = 0;
	for (s = slots; s != NULL; s = s->next) {
		docker_cancel(s->refresh);
		s->refresh = NULL;
		slot_op_stop(s);
	}
	tell_end();
}

/* CONTAINER_LIST: the deployer wants to know all of them. */
void
slot_list(void)
{
	if (is_listed || !engine_is_up()) /* else it hears at the end */
		tell_all();
}

/* Say whether it is known what is in the slots. */
int
slot_is_listed(void)
{
	return is_listed;
}
