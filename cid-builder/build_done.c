/*
 * Remembers how the last builds ended, for an API that did not hear it.
 */

#include <stdlib.h>
#include <string.h>

#include "build_done.h"
#include "child.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"

#define REMEMBERED 64

struct end {
	struct msg_build_end msg; /* build_id 0: free */
	char *tail;
	size_t len;
};

static struct end ends[REMEMBERED];
static size_t next;

static void
tell(const struct end *e)
{
	peer_send_tail(child_peer(PROC_API, 0), MSG_BUILD_DONE, &e->msg,
	    sizeof(e->msg), e->tail, e->len);
}

/* Tell the API how a build ended; tail is the result or the sentence. */
void
build_done(const struct msg_build_end *m, const char *tail, size_t len)
{
	struct end *e = &ends[next];

	next = (next + 1) % REMEMBERED;
	free(e->tail);
	e->msg = *m;
	e->len = 0;
	if ((e->tail = malloc(len + 1)) != NULL) {
		memcpy(e->tail, tail, len);
		e->len = len;
	}
	tell(e);
}

/* Tell it once more.  Returns whether that attempt is remembered. */
int
build_done_again(const struct msg_build *b)
{
	size_t i;

	for (i = 0; i < REMEMBERED; i++) {
		if (ends[i].msg.build.build_id != b->build_id ||
		    ends[i].msg.build.attempt != b->attempt)
			continue;
		tell(&ends[i]);
		return 1;
	}
	return 0;
}
