/*
 * What the parent handed over, and again whenever cid.conf is reloaded.
 */

#include <string.h>

#include "conf.h"
#include "msg_conf.h"
#include "template.h"

static struct msg_conf_builder current;

/* The strings of m are NUL-terminated: msg_check() has seen to it. */
void
conf_set(const struct msg_conf_builder *m)
{
	current = *m;
	if (current.registries_len > CONF_LIST_MAX)
		current.registries_len = CONF_LIST_MAX;
}

const struct msg_conf_builder *
conf(void)
{
	return &current;
}

/* The most that any message may ask for. */
void
conf_ceiling(struct template_ceiling *c)
{
	c->memory = current.memory_max;
	c->nano_cpus = current.nano_cpus_max;
	c->log = current.log_max;
	c->pids = current.pids_max;
	c->cgroup_parent = current.cgroup_parent;
}

/* Say whether the operator lets images come from there (S18). */
int
conf_allows_registry(const char *host)
{
	uint32_t i;

	for (i = 0; i < current.registries_len; i++) {
		if (strcmp(current.registries[i], host) == 0)
			return 1;
	}
	return current.registries_len == 0;
}
