/*
 * How builds end: one state, one reason, one sentence (R114).
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buildlog.h"
#include "db.h"
#include "db_build.h"
#include "ending.h"
#include "event.h"
#include "log.h"
#include "removal.h"
#include "resync.h"
#include "run.h"
#include "stages.h"
#include "want.h"

static enum build_state
state_for(enum reason r)
{
	switch (r) {
	case REASON_NONE:
		return BUILD_STATE_SUCCESS;
	case REASON_CANCELLED_BY_USER:
	case REASON_PATH_NO_MATCH:
	case REASON_PROJECT_DELETED:
	case REASON_ROLLED_BACK:
	case REASON_SUPERSEDED:
		return BUILD_STATE_CANCELLED;
	default:
		return BUILD_STATE_FAILED;
	}
}

/* cid-builder's words for it begin like the reason's own. */
static int
is_repeated(const char *sentence, const char *more)
{
	size_t len = strlen(sentence);

	return len > 0 && strncmp(more, sentence, len - 1) == 0;
}

const char *
ending_sentence(char *buf, size_t size, enum reason r, const char *more)
{
	const char *sentence = reason_sentence((uint32_t)r);

	if (more[0] == '\0')
		strlcpy(buf, sentence, size);
	else if (is_repeated(sentence, more))
		strlcpy(buf, more, size);
	else
		snprintf(buf, size, "%s %s", sentence, more);
	return buf;
}

void
ending_more(char *buf, size_t size, enum reason r, struct msg_tail text)
{
	snprintf(buf, size, "%.*s", (int)text.len, text.data);
	if (strcmp(buf, reason_sentence((uint32_t)r)) == 0)
		buf[0] = '\0';
}

static void
say_end(const struct build *b, enum reason r)
{
	const char *state = build_state_names[b->state];
	char text[1024];

	if (r == REASON_NONE)
		buildlog_say(b, "%s%s%s", state,
		    b->message[0] != '\0' ? ": " : ".", b->message);
	else
		buildlog_say(b, "%s: %s: %s", state, reason_code((uint32_t)r),
		    ending_sentence(text, sizeof(text), r, b->message));
}

static int
write_end(struct build *b, enum reason r)
{
	if (db_begin() == -1)
		return -1;
	if ((r != REASON_NONE && stages_fail(b, (uint32_t)r) == -1) ||
	    db_build_move(b, state_for(r)) == -1) {
		db_rollback();
		return -1;
	}
	return db_commit();
}

/*
 * End a build for a reason, REASON_NONE being success; why is a sentence
 * beside the reason's, or "".  Returns 0, or -1 after logging.
 */
int
build_finish(struct build *b, enum reason r, const char *why)
{
	enum build_state was = (enum build_state)b->state;

	b->reason = (int)r;
	if (why != b->message)
		strlcpy(b->message, why, sizeof(b->message));
	if (write_end(b, r) == -1) {
		log_warnx("build %" PRId64 ": can't be ended", b->id);
		resync_soon();
		return -1;
	}
	say_end(b, r);
	event_build_status(b, was);
	queue_kick();
	if (was == BUILD_STATE_BUILDING) /* its slot is not needed after all */
		want_tell(b->environment_id);
	removal_go_on(b->project_id);
	return 0;
}
