/*
 * What cid-builder sees of the slots' containers, and what follows for the
 * release in a slot when its container runs, ends or is gone.
 */

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "clock.h"
#include "env.h"
#include "log.h"
#include "observe.h"
#include "order.h"
#include "release.h"
#include "report.h"

#define KILLED 137 /* 128 + SIGKILL */
#define TERMINATED 143
#define KILLS_MAX 3

static int
is_wanted_one(const struct env *e, uint32_t slot)
{
	const struct env_slot *s = &e->slots[slot];

	return e->standing == ENV_WANTED && s->want.release_id != 0 &&
	    s->want.release_id == s->seen.is.release_id;
}

/*
 * The engine's own end is no fault of the release: containers that are found
 * ended when it is back, or that a signal from outside ended, get another
 * chance, a few times.
 */
static int
is_killed(struct env_work *w, const struct env_seen *seen)
{
	const struct msg_container *is = &seen->is;

	if (is->state == CONTAINER_EXITED && !seen->is_found &&
	    is->exit_code != KILLED && is->exit_code != TERMINATED)
		return 0;
	return !is->oom && w->kills++ < KILLS_MAX;
}

/* The release has to prove itself again in its next container. */
static void
start_anew(struct env *e, uint32_t slot)
{
	struct env_work *w = &e->slots[slot].work;

	check_end(e, slot);
	w->is_begun = 0;
	w->is_healthy = 0;
	w->told &= ~(unsigned int)(REC_STARTED | REC_HEALTHY);
}

static void
blame(struct env *e, uint32_t slot)
{
	const struct msg_container *is = &e->slots[slot].seen.is;
	char text[ENV_TEXT_MAX];

	if (is->oom)
		snprintf(text, sizeof(text), "%s",
		    reason_sentence(REASON_OUT_OF_MEMORY));
	else
		snprintf(text, sizeof(text),
		    "The container ended by itself with exit code %d.",
		    (int)is->exit_code);
	check_autopsy(e, slot,
	    is->oom ? REASON_OUT_OF_MEMORY : REASON_CONTAINER_EXITED, text);
}

/* The container of the wanted release does not run any more. */
static void
ended(struct env *e, uint32_t slot)
{
	struct env_slot *s = &e->slots[slot];
	struct env_work *w = &s->work;

	if (env_is_live(e, slot)) {
		log_warnx("%s: ended (exit code %d%s), to be started again",
		    env_name(e, slot), (int)s->seen.is.exit_code,
		    s->seen.is.oom ? ", out of memory" : "");
		order_again(e, slot);
	} else if (w->is_begun && !w->is_healthy && !w->is_failed &&
	    s->want.want != WANT_COLD && !is_killed(w, &s->seen)) {
		blame(e, slot);
	} else {
		start_anew(e, slot);
	}
	w->running_since_ms = 0;
}

static void
follow(struct env *e, uint32_t slot, const struct msg_container *was)
{
	struct env_slot *s = &e->slots[slot];
	const struct msg_container *is = &s->seen.is;
	int was_running = was->state == CONTAINER_RUNNING;
	int is_another = was->started_ms != is->started_ms ||
	    was->release_id != is->release_id;

	if (!is_wanted_one(e, slot))
		return;
	if (is->state == CONTAINER_RUNNING && (!was_running || is_another)) {
		s->work.running_since_ms = clock_ms();
		/* Somebody started it again between two looks. */
		if (was_running && !env_is_live(e, slot))
			start_anew(e, slot);
	}
	if (is->state == CONTAINER_EXITED && (was_running || is_another))
		ended(e, slot);
	if (s->work.check != NULL)
		check_healthcheck(e, slot, is->healthcheck);
}

/* The end of a container whose place another has taken already. */
static int
is_late(const struct env_seen *seen, const struct msg_container *is,
    const char *id)
{
	if (seen->is_unseen || seen->id[0] == '\0' || id[0] == '\0')
		return 0;
	if (is->state != CONTAINER_GONE && is->state != CONTAINER_EXITED)
		return 0;
	return seen->is.state == CONTAINER_RUNNING && strcmp(seen->id, id) != 0;
}

static void
tell(struct env_seen *seen)
{
	seen->is_told = report_is(&seen->is, seen->id) == 0;
}

static void
see(struct env *e, const struct msg_container *is, const char *id)
{
	struct env_seen *seen = &e->slots[is->slot].seen;
	struct msg_container was = seen->is;
	int is_same =
	    memcmp(&was, is, sizeof(was)) == 0 && strcmp(seen->id, id) == 0;

	seen->is_found = seen->is_unseen;
	seen->is_unseen = 0;
	if (is_same) {
		order_seen(e, is->slot);
		release_kick(e);
		return;
	}
	seen->is = *is;
	snprintf(seen->id, sizeof(seen->id), "%s", id);
	tell(seen);
	order_seen(e, is->slot);
	if (is->state == CONTAINER_GONE) {
		seen->is.release_id = was.release_id;
		if (was.state == CONTAINER_RUNNING &&
		    is_wanted_one(e, is->slot))
			ended(e, is->slot);
		memset(seen, 0, sizeof(*seen));
	} else {
		follow(e, is->slot, &was);
	}
	release_kick(e);
}

/* CONTAINER_IS: asked for or not. */
void
observe_is(const struct msg_container *is, struct msg_tail tail)
{
	char id[ENV_CONTAINER_ID_MAX];
	struct env *e;

	snprintf(id, sizeof(id), "%.*s", (int)tail.len, tail.data);
	if (is->slot >= SLOTS || is->state >= CONTAINER_STATES)
		return;
	if ((e = env_find(is->env_id)) == NULL) {
		if (is->state == CONTAINER_GONE)
			return;
		e = env_get(is->env_id, is->project_id, is->net);
	}
	if (!is_late(&e->slots[is->slot].seen, is, id))
		see(e, is, id);
}

/* What is not named from here to observe_list_end() is gone. */
void
observe_list_begin(void)
{
	struct env *e = NULL;
	uint32_t i;

	while ((e = env_next(e)) != NULL) {
		for (i = 0; i < SLOTS; i++)
			e->slots[i].seen.is_unseen =
			    e->slots[i].seen.is.state != CONTAINER_GONE;
	}
}

static void
see_gone(struct env *e, uint32_t slot)
{
	struct msg_container is;
	char id[ENV_CONTAINER_ID_MAX];

	memcpy(id, e->slots[slot].seen.id, sizeof(id));
	memset(&is, 0, sizeof(is));
	is.env_id = e->env_id;
	is.project_id = e->project_id;
	is.release_id = e->slots[slot].seen.is.release_id;
	is.net = e->net;
	is.slot = slot;
	is.state = CONTAINER_GONE;
	see(e, &is, id);
}

void
observe_list_end(void)
{
	struct env *e = NULL;
	uint32_t i;

	while ((e = env_next(e)) != NULL) {
		for (i = 0; i < SLOTS; i++) {
			if (e->slots[i].seen.is_unseen)
				see_gone(e, i);
		}
	}
}

/* Tell cid-api what it has not heard of an environment. */
void
observe_tell(struct env *e)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		if (e->slots[i].seen.is.state != CONTAINER_GONE &&
		    !e->slots[i].seen.is_told)
			tell(&e->slots[i].seen);
	}
}
