/*
 * The table of environments: one record for each that is wanted or seen.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "check.h"
#include "env.h"
#include "log.h"

static int
compare(const struct env *a, const struct env *b)
{
	return a->env_id < b->env_id ? -1 : a->env_id > b->env_id;
}

static RB_HEAD(env_tree, env)
envs = RB_INITIALIZER(&envs);
/* libbsd says __unused without saying what that is. */
#define __unused __attribute__((__unused__))
RB_GENERATE_STATIC(env_tree, env, entry, compare)

struct env *
env_find(uint64_t env_id)
{
	struct env key;

	key.env_id = env_id;
	return RB_FIND(env_tree, &envs, &key);
}

/* Find an environment or add it as a stray.  Does not return without memory. */
struct env *
env_get(uint64_t env_id, uint64_t project_id, uint32_t net)
{
	struct env *e;

	if ((e = env_find(env_id)) != NULL)
		return e;
	if ((e = calloc(1, sizeof(*e))) == NULL)
		fatal("environment");
	e->env_id = env_id;
	e->project_id = project_id;
	e->net = net;
	e->standing = ENV_STRAY;
	RB_INSERT(env_tree, &envs, e);
	return e;
}

/* Walk all: NULL gives the first.  e itself may be freed before the next. */
struct env *
env_next(struct env *e)
{
	return e == NULL ? RB_MIN(env_tree, &envs)
			 : RB_NEXT(env_tree, &envs, e);
}

void
env_free_hosts(struct env *e)
{
	size_t i;

	for (i = 0; i < e->hosts_len; i++)
		free(e->hosts[i]);
	free(e->hosts);
	e->hosts = NULL;
	e->hosts_len = 0;
}

/* Forget an environment: nothing of it is left, nothing is under way. */
void
env_free(struct env *e)
{
	uint32_t i;

	RB_REMOVE(env_tree, &envs, e);
	for (i = 0; i < SLOTS; i++) {
		check_end(e, i);
		if (e->slots[i].work.timer != NULL)
			event_free(e->slots[i].work.timer);
	}
	env_free_hosts(e);
	free(e->spec);
	free(e);
}

/* Visitors are sent to the release that is wanted in this slot. */
int
env_is_live(const struct env *e, uint32_t slot)
{
	return e->route.route == REC_LIVE && e->route.slot == slot &&
	    e->route.release_id == e->slots[slot].want.release_id;
}

/* What to call a slot in a log line; good until the next call. */
const char *
env_name(const struct env *e, uint32_t slot)
{
	static char buf[NAME_DOCKER_MAX + 32];

	if (e->project[0] != '\0')
		name_slot(buf, e->project, e->environment, slot);
	else
		snprintf(buf, sizeof(buf), "environment %llu %s",
		    (unsigned long long)e->env_id, name_of_slot(slot));
	return buf;
}
