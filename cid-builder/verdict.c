/*
 * How a build's command ended.  Pure.
 */

#include "verdict.h"

#define EXIT_KILLED 137
#define EXIT_TERMINATED 143
#define EXIT_UNKNOWN 255

/* An engine that is stopped stops its containers, in these ways mostly. */
static int
may_be_stopped(const struct verdict *v)
{
	if (v->kept || !v->resumed)
		return 0;
	return v->resumed_after_engine || v->exit_code == EXIT_KILLED ||
	    v->exit_code == EXIT_TERMINATED || v->exit_code == EXIT_UNKNOWN;
}

/* REASON_NONE when it did well. */
enum reason
verdict(const struct verdict *v)
{
	if (v->timed_out)
		return REASON_TIMED_OUT;
	if (v->oom && v->exit_code != 0)
		return REASON_OUT_OF_MEMORY;
	if (may_be_stopped(v))
		return VERDICT_LOST;
	return v->exit_code == 0 ? REASON_NONE : REASON_COMMAND_FAILED;
}
