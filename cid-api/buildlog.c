/*
 * What cid-api has to say in a build's log.  cid-builder writes it.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buildlog.h"
#include "child.h"
#include "db.h"
#include "db_build.h"
#include "log.h"
#include "msg_build.h"
#include "peer.h"
#include "run_msg.h"

#define SENTENCE_MAX 1024

struct sentence {
	struct msg_build build;
	char text[SENTENCE_MAX];
};

static void
send_sentence(void *arg, int committed)
{
	struct sentence *s = arg;

	if (committed)
		peer_send_tail(child_peer(PROC_BUILDER, 0), MSG_LOG_LINE,
		    &s->build, sizeof(s->build), s->text, strlen(s->text));
	free(s);
}

void
buildlog_say(const struct build *b, const char *fmt, ...)
{
	struct sentence *s;
	va_list ap;

	if ((s = calloc(1, sizeof(*s))) == NULL) {
		log_warn("build %lld: log", (long long)b->id);
		return;
	}
	run_name(b, &s->build);
	va_start(ap, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
	db_after_commit(send_sentence, s);
}
