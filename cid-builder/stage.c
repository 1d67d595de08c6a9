/*
 * Tells the API how a build gets on, stage by stage, and once more when the
 * API is new.
 */

#include <string.h>

#include "child.h"
#include "clock.h"
#include "msg.h"
#include "peer.h"
#include "stage.h"

static void
tell(const struct msg_build_stage *m)
{
	peer_send(child_peer(PROC_API, 0), MSG_BUILD_STAGE, m, sizeof(*m));
}

/* Report a change of one stage, which becomes the current one. */
void
stage_tell(struct stages *s, const struct msg_build *b, enum stage stage,
    enum stage_state state, enum reason reason)
{
	struct msg_build_stage *m = &s->told[stage];

	s->now = stage;
	memset(m, 0, sizeof(*m));
	m->build = *b;
	m->stage = stage;
	m->state = state;
	m->reason = reason;
	m->time_ms = clock_wall_ms();
	tell(m);
}

void
stage_tell_again(const struct stages *s)
{
	size_t i;

	for (i = 0; i < STAGE_MAX; i++) {
		if (s->told[i].time_ms != 0)
			tell(&s->told[i]);
	}
}

/* Say whether the current stage has begun and not ended. */
int
stage_is_open(const struct stages *s)
{
	const struct msg_build_stage *m = &s->told[s->now];

	return m->time_ms != 0 &&
	    (m->state == STAGE_BEGAN || m->state == STAGE_WAITS);
}
