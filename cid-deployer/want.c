/*
 * What cid-api wants: takes each RELEASE_WANT into the environment's record,
 * if slot.c lets it.  Knows nothing of containers; release.c acts on it.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "addr.h"
#include "check.h"
#include "conf.h"
#include "env.h"
#include "http1.h"
#include "log.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "order.h"
#include "reason.h"
#include "release.h"
#include "report.h"
#include "spec_release.h"
#include "sync.h"
#include "want.h"

#define PORT_MAX 65535

static void
goals_of(const struct spec_env *spec, struct slot_goal goal[SLOTS])
{
	const struct spec_slot *s;
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		s = &spec->slots[i];
		goal[i].want = (enum slot_want)s->want;
		goal[i].release_id =
		    s->want == WANT_EMPTY ? 0 : (uint64_t)s->release.id;
	}
}

static int
is_host(const char *s)
{
	uint16_t len;

	return strlen(s) < ROUTE_HOST_MAX &&
	    http1_is_host(s, strlen(s), &len) && len == strlen(s);
}

static int
is_prefix(const char *s)
{
	size_t len = strlen(s);

	if (len == 0)
		return 1;
	return s[0] == '/' && len > 1 && len < ROUTE_PREFIX_MAX &&
	    s[len - 1] != '/';
}

/* What the document's schema can't say.  Returns NULL or what is wrong. */
static const char *
fault(const struct msg_env *id, const struct spec_env *spec)
{
	char *const *hosts = spec->hosts.items;
	uint32_t addr, i;
	size_t h;

	if (!is_prefix(spec->prefix))
		return "the prefix is not a path";
	for (h = 0; h < spec->hosts.len; h++) {
		if (!is_host(hosts[h]))
			return "a host is not a name";
	}
	for (i = 0; i < SLOTS; i++) {
		if (addr_slot(&conf()->pool, id->net, i, &addr) == -1)
			return "the network is not in the pool";
		if (spec->slots[i].want != WANT_EMPTY &&
		    (spec->slots[i].release.port < 1 ||
			spec->slots[i].release.port > PORT_MAX))
			return "the port is missing";
	}
	return NULL;
}

/*
 * Move the slots as the goals say.  The first word about an environment is
 * taken for what is; so is all before anything may be changed.
 */
static int
move_slots(struct env *e, const struct slot_goal goal[SLOTS], uint32_t *refused)
{
	struct slot_at at[SLOTS];
	uint32_t i;
	int r;

	for (i = 0; i < SLOTS; i++)
		at[i] = e->slots[i].work.at;
	if (e->standing == ENV_WANTED && sync_is_open())
		r = slot_follow(at, goal, refused);
	else
		r = slot_adopt(at, goal, refused);
	for (i = 0; i < SLOTS && r == 0; i++)
		e->slots[i].work.at = at[i];
	return r;
}

/* Forget all about the release that was wanted here before. */
static void
start_over(struct env *e, uint32_t slot)
{
	struct env_work *w = &e->slots[slot].work;

	check_end(e, slot);
	order_forget_delay(e, slot);
	w->is_begun = 0;
	w->is_kept = 0;
	w->is_healthy = 0;
	w->is_failed = 0;
	w->cut = 0;
	w->kills = 0;
	w->reason = REASON_NONE;
	w->text[0] = '\0';
	w->told = 0;
}

static void
take_slot(struct env *e, uint32_t slot, const struct spec_slot *s,
    const struct slot_goal *goal)
{
	struct env_want *want = &e->slots[slot].want;
	struct env_work *w = &e->slots[slot].work;

	if (goal->release_id != want->release_id) {
		start_over(e, slot);
	} else if (goal->want != want->want) {
		w->is_failed = 0;
	}
	w->told = 0; /* each wish is answered by what holds already */
	want->want = goal->want;
	want->release_id = goal->release_id;
	want->build_id = (uint64_t)s->release.build_id;
	want->number = (uint32_t)s->release.number;
	want->port = (uint32_t)s->release.port;
	want->is_published = s->release.publish != 0;
	want->health = s->release.health;
}

/* The record takes the hosts over from spec. */
static void
take_env(struct env *e, struct spec_env *spec, struct msg_tail text)
{
	strlcpy(e->project, spec->project, sizeof(e->project));
	strlcpy(e->environment, spec->environment, sizeof(e->environment));
	strlcpy(e->prefix, spec->prefix, sizeof(e->prefix));
	env_free_hosts(e);
	e->hosts = spec->hosts.items;
	e->hosts_len = spec->hosts.len;
	spec->hosts.items = NULL;
	spec->hosts.len = 0;
	e->drain_ms =
	    spec->drain_ms > 0 ? (uint32_t)spec->drain_ms : conf()->drain_ms;
	free(e->spec);
	if ((e->spec = malloc(text.len + 1)) == NULL)
		fatal("environment");
	memcpy(e->spec, text.data, text.len);
	e->spec_len = text.len;
	e->standing = ENV_WANTED;
	e->is_stale = 0;
	e->is_held = 0;
	e->route.is_stale = 1;
}

/*
 * A wish that can't be granted changes nothing; what runs is left alone,
 * also when it is the first word about it.
 */
static void
refuse(struct env *e, const struct msg_env *id, uint32_t slot,
    const struct spec_env *spec, const char *why)
{
	struct msg_release r;
	const struct spec_release *rel;

	memset(&r, 0, sizeof(r));
	r.env_id = id->env_id;
	r.project_id = id->project_id;
	r.slot = slot;
	r.release_id = id->release_id;
	r.reason = REASON_INTERNAL;
	if (spec != NULL) {
		rel = &spec->slots[slot].release;
		r.release_id = (uint64_t)rel->id;
		r.build_id = (uint64_t)rel->build_id;
		r.number = (uint32_t)rel->number;
		r.reason = REASON_SLOT_REFUSED;
	}
	log_warnx("%s: refused: %s", env_name(e, slot), why);
	if (r.release_id != 0)
		report_failed(&r, why);
	e->is_stale = 0;
	if (e->standing == ENV_STRAY)
		e->standing = ENV_REFUSED;
}

static void
take(struct env *e, const struct msg_env *id, struct spec_env *spec,
    struct msg_tail text)
{
	int is_first = e->standing != ENV_WANTED;
	struct slot_goal goal[SLOTS];
	uint32_t i;

	goals_of(spec, goal);
	if (e->standing == ENV_WANTED && e->net != id->net) {
		refuse(e, id, SLOT_BLUE, spec, "the network is another one");
		return;
	}
	if (move_slots(e, goal, &i) == -1) {
		refuse(e, id, i, spec, "the slot can't go there from here");
		return;
	}
	e->net = id->net;
	e->project_id = id->project_id;
	for (i = 0; i < SLOTS; i++)
		take_slot(e, i, &spec->slots[i], &goal[i]);
	take_env(e, spec, text);
	if (is_first && sync_is_open())
		sync_adopt(e);
	release_kick(e);
}

/* RELEASE_WANT: one environment as it should be. */
void
want_set(const struct msg_env *id, struct msg_tail text)
{
	struct env *e = env_get(id->env_id, id->project_id, id->net);
	struct schema_error err;
	struct spec_env *spec;
	const char *why;

	if ((spec = calloc(1, sizeof(*spec))) == NULL)
		fatal("environment");
	memset(&err, 0, sizeof(err));
	if (schema_parse(&spec_env_schema, text.data, text.len, spec, NULL,
		&err) == -1) {
		log_warnx("environment %llu: %s %s",
		    (unsigned long long)id->env_id, err.field, err.reason);
		refuse(e, id, id->slot, NULL, "the document is not valid");
		free(spec);
		return;
	}
	if ((why = fault(id, spec)) != NULL)
		refuse(e, id, id->slot, NULL, why);
	else
		take(e, id, spec, text);
	schema_free(&spec_env_schema, spec);
	free(spec);
}

/* RELEASE_FORGET: the environment is deleted; everything of it is to go. */
void
want_forget(const struct msg_env *id)
{
	struct env *e = env_get(id->env_id, id->project_id, id->net);
	uint32_t i;

	if (e->standing == ENV_STRAY)
		e->net = id->net;
	e->standing = ENV_FORGOTTEN;
	e->is_stale = 0;
	e->is_held = 0;
	for (i = 0; i < SLOTS; i++)
		order_forget_delay(e, i);
	release_kick(e);
}

/* RELEASE_RETRY: what failed is tried once more, and now. */
void
want_retry(const struct msg_env *id)
{
	struct env *e = env_find(id->env_id);
	struct env_slot *s;

	if (e == NULL || id->slot >= SLOTS)
		return;
	s = &e->slots[id->slot];
	if (id->release_id != 0 && id->release_id != s->want.release_id)
		return;
	order_forget_delay(e, id->slot);
	s->work.is_failed = 0;
	s->work.is_begun = 0;
	s->work.kills = 0;
	s->work.told &= ~(unsigned int)REC_FAILED;
	release_kick(e);
}
