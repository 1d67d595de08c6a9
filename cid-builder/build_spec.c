/*
 * Whether what the API wants built is whole and within what the operator
 * allows; limits left open become the operator's.  Pure.
 */

#include <string.h>

#include "build_spec.h"
#include "msg_conf.h"
#include "spec.h"

static void
set_default(int64_t *limit, uint64_t most)
{
	if (*limit == 0)
		*limit = (int64_t)most;
}

/* Returns REASON_NONE or what is wrong. */
enum reason
build_spec_check(struct spec_build *s, const struct spec_job *j,
    const struct msg_conf_builder *c)
{
	if (strcmp(s->project, j->project) != 0 ||
	    strcmp(s->environment, j->environment) != 0 ||
	    s->build_type != j->build_type)
		return REASON_SPEC_INVALID;
	if (s->build_type == BUILD_COMMAND &&
	    (s->image[0] == '\0' || s->command.len == 0))
		return REASON_SPEC_INCOMPLETE;
	if (s->build_type == BUILD_IMAGE && s->runtime_image[0] == '\0')
		return REASON_SPEC_INCOMPLETE;
	set_default(&s->limits.memory, c->memory_max);
	set_default(&s->limits.nano_cpus, c->nano_cpus_max);
	set_default(&s->limits.pids, c->pids_max);
	set_default(&s->limits.log, c->log_max);
	set_default(&s->limits.time_s, c->build_timeout_s);
	if (s->limits.time_s < 0 || s->limits.time_s > c->build_timeout_s)
		return REASON_LIMIT_TOO_HIGH;
	return REASON_NONE;
}
