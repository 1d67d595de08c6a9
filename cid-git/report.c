/*
 * What cid-builder hears of a job: lines for the build's log, what git
 * found, and how it ended.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"
#include "report.h"
#include "schema.h"
#include "spec.h"

static struct peer *builder; /* NULL: nobody listens */
static int is_done;

void
report_to(struct peer *p)
{
	builder = p;
}

void
report_line(const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	peer_send_tail(builder, MSG_GIT_LINE, NULL, 0, line, (size_t)n);
}

/* Returns 0, or -1 with *f set when the document can't be sent. */
int
report_spec(const struct spec_source *s, struct fail *f)
{
	char *text;
	size_t len;
	int ret;

	if ((text = schema_print(&spec_source_schema, s, &len)) == NULL)
		return fail_set(f, REASON_INTERNAL, "out of memory");
	if (len > MSG_SPEC_MAX) {
		free(text);
		return fail_set(f, REASON_SPEC_INVALID,
		    "cid.toml is larger than cid can pass on");
	}
	ret = peer_send_tail(builder, MSG_GIT_SPEC, NULL, 0, text, len);
	free(text);
	return ret;
}

/* The last message of this process. */
static void
send_done(const struct msg_git_done *gd, const char *text)
{
	peer_send_tail(builder, MSG_GIT_DONE, gd, sizeof(*gd), text,
	    strlen(text));
	is_done = 1;
}

/* Say whether GIT_DONE was sent and nothing of it waits here any more. */
int
report_is_over(void)
{
	return is_done && peer_queued(builder) == 0;
}

void
report_done(uint64_t entries, uint64_t bytes, const char *deepest)
{
	struct msg_git_done gd;

	memset(&gd, 0, sizeof(gd));
	gd.ok = 1;
	gd.entries = entries;
	gd.bytes = bytes;
	send_done(&gd, deepest);
}

void
report_fail(const struct fail *f)
{
	struct msg_git_done gd;

	memset(&gd, 0, sizeof(gd));
	gd.reason = f->reason == REASON_NONE ? REASON_INTERNAL : f->reason;
	send_done(&gd, f->text);
}
