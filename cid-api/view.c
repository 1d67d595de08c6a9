/*
 * What was last heard of each slot's container, in memory.
 */

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "msg_release.h"
#include "switch.h"
#include "view.h"

#define BUCKETS 64

struct view {
	LIST_ENTRY(view) entry;
	int64_t environment_id;
	struct slot_view slots[SLOTS];
};

static LIST_HEAD(, view)
buckets[BUCKETS];

static struct view *
find(int64_t environment_id)
{
	struct view *v;

	LIST_FOREACH(v, &buckets[(uint64_t)environment_id % BUCKETS], entry) {
		if (v->environment_id == environment_id)
			return v;
	}
	return NULL;
}

/* NULL without memory, after logging. */
static struct slot_view *
need(int64_t environment_id, int slot)
{
	struct view *v = find(environment_id);

	if (v == NULL) {
		if ((v = calloc(1, sizeof(*v))) == NULL) {
			log_warn("environment %lld", (long long)environment_id);
			return NULL;
		}
		v->environment_id = environment_id;
		LIST_INSERT_HEAD(&buckets[(uint64_t)environment_id % BUCKETS],
		    v, entry);
	}
	return &v->slots[slot];
}

void
view_clear(void)
{
	struct view *v;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while ((v = LIST_FIRST(&buckets[i])) != NULL) {
			LIST_REMOVE(v, entry);
			free(v);
		}
	}
}

void
view_forget(int64_t environment_id)
{
	struct view *v = find(environment_id);

	if (v == NULL)
		return;
	LIST_REMOVE(v, entry);
	free(v);
}

/* Returns 1 when people see a difference, else 0. */
int
view_set(const struct msg_container *m, const char *id)
{
	struct slot_view *v, was;

	if ((v = need((int64_t)m->env_id, (int)m->slot)) == NULL)
		return 0;
	was = *v;
	v->state = (enum container_state)m->state;
	v->exit_code = m->exit_code;
	v->oom = m->oom;
	v->restarts = m->restarts;
	v->port = m->port;
	v->published = m->published;
	v->started_ms = (int64_t)m->started_ms;
	strlcpy(v->container, id, sizeof(v->container));
	v->is_known = 1;
	if (v->state != CONTAINER_RUNNING)
		v->health = VIEW_UNKNOWN;
	return !was.is_known || was.state != v->state ||
	    was.restarts != v->restarts || was.published != v->published ||
	    strcmp(was.container, v->container) != 0;
}

void
view_health(int64_t environment_id, int slot, enum view_health health)
{
	struct slot_view *v = need(environment_id, slot);

	if (v != NULL)
		v->health = (int)health;
}

void
slot_status(int64_t environment_id, int slot, struct slot_view *out)
{
	const struct view *v = find(environment_id);

	memset(out, 0, sizeof(*out));
	if (v != NULL)
		*out = v->slots[slot];
}
