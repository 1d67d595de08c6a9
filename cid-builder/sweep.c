/*
 * Goes through what the engine has with this cid's labels, one kind of thing
 * after the other, and removes what is not wanted any more.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "answer.h"
#include "conf.h"
#include "docker.h"
#include "json.h"
#include "log.h"
#include "msg_conf.h"
#include "sweep.h"

enum sweep_phase {
	SWEEP_CONTAINERS,
	SWEEP_NETWORKS,
	SWEEP_VOLUMES,
	SWEEP_OVER
};

struct thing {
	STAILQ_ENTRY(thing) entry;
	char name[NAME_DOCKER_MAX];
};

struct sweep {
	enum sweep_phase phase;
	char filter[256];
	int (*unwanted)(const struct label *, void *);
	void (*done)(void *, const struct sweep_counts *);
	void *arg;
	struct docker_req *req;
	struct sweep_counts counts;
	int is_listed; /* things are all of this phase */
	STAILQ_HEAD(, thing)
	things;
};

/* How each kind is listed, named and removed. */
struct kind {
	enum docker_call list;
	enum docker_call remove;
	const char *array; /* in the list's answer */
	const char *name;
};

static const struct kind kinds[] = {
	[SWEEP_CONTAINERS] = { DOCKER_CONTAINERS, DOCKER_CONTAINER_REMOVE, "",
	    "Id" },
	[SWEEP_NETWORKS] = { DOCKER_NETWORKS, DOCKER_NETWORK_REMOVE, "", "Id" },
	[SWEEP_VOLUMES] = { DOCKER_VOLUMES, DOCKER_VOLUME_REMOVE, "Volumes",
	    "Name" },
};

static void next(struct sweep *);

static void
sweep_free(struct sweep *s)
{
	struct thing *t;

	while ((t = STAILQ_FIRST(&s->things)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->things, entry);
		free(t);
	}
	free(s);
}

static void
count(struct sweep *s)
{
	switch (s->phase) {
	case SWEEP_CONTAINERS:
		s->counts.containers++;
		break;
	case SWEEP_NETWORKS:
		s->counts.networks++;
		break;
	default:
		s->counts.volumes++;
	}
}

static void
on_removed(void *arg, const struct docker_answer *a)
{
	struct sweep *s = arg;
	char text[ANSWER_TEXT_MAX];

	s->req = NULL;
	if (a->error == DOCKER_OK && a->status < 300) {
		count(s);
	} else if (a->error != DOCKER_OK || a->status != 404) {
		docker_failed(a, text, sizeof(text));
		log_warnx("sweep: %s", text);
		s->counts.failed = 1;
	}
	next(s);
}

static const struct docker_ops removed_ops = { .done = on_removed };

static void
add(struct sweep *s, struct json_object *o)
{
	const char *name = json_text(o, kinds[s->phase].name);
	struct thing *t;
	struct label l;

	label_read(json_at(o, "Labels"), conf()->instance, &l);
	if (l.kind == LABEL_OTHER || !s->unwanted(&l, s->arg) ||
	    !docker_call_is_name(name))
		return;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("sweep");
	strlcpy(t->name, name, sizeof(t->name));
	STAILQ_INSERT_TAIL(&s->things, t, entry);
}

static void
on_listed(void *arg, const struct docker_answer *a)
{
	struct sweep *s = arg;
	struct json_object *o, *list;
	size_t i;

	s->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		s->counts.failed = 1;
		s->phase++;
		next(s);
		return;
	}
	o = json_read(a->body, a->len);
	list = json_at(o, kinds[s->phase].array);
	for (i = 0; i < json_len(list); i++)
		add(s, json_item(list, i));
	json_free(o);
	s->is_listed = 1;
	next(s);
}

static const struct docker_ops listed_ops = { .done = on_listed };

/* Remove the next thing, or list the next kind. */
static void
next(struct sweep *s)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_VERSION);
	struct thing *t = STAILQ_FIRST(&s->things);

	if (t != NULL) {
		ask.call = kinds[s->phase].remove;
		ask.a = t->name;
		s->req = docker_start(&ask, &removed_ops, s);
		STAILQ_REMOVE_HEAD(&s->things, entry);
		free(t);
		return;
	}
	if (s->is_listed) {
		s->is_listed = 0;
		s->phase++;
	}
	if (s->phase == SWEEP_OVER) {
		s->done(s->arg, &s->counts);
		sweep_free(s);
		return;
	}
	ask.call = kinds[s->phase].list;
	ask.b = s->filter;
	s->req = docker_start(&ask, &listed_ops, s);
}

struct sweep *
sweep_start(const char *filter, int (*unwanted)(const struct label *, void *),
    void (*done)(void *, const struct sweep_counts *), void *arg)
{
	struct sweep *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("sweep");
	STAILQ_INIT(&s->things);
	strlcpy(s->filter, filter, sizeof(s->filter));
	s->unwanted = unwanted;
	s->done = done;
	s->arg = arg;
	next(s);
	return s;
}

/* Forget it; done is not called.  NULL is allowed. */
void
sweep_cancel(struct sweep *s)
{
	if (s == NULL)
		return;
	docker_cancel(s->req);
	sweep_free(s);
}
