/*
 * The first stage: cid-git finds the commit and describes it, the API says
 * what to do with it.  The cid-git stays, to stream the tree later.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "build.h"
#include "build_image.h"
#include "build_source.h"
#include "build_state.h"
#include "build_upload.h"
#include "child.h"
#include "engine.h"
#include "log.h"
#include "logfile.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"
#include "schema.h"
#include "secret.h"
#include "source.h"

/* Tell the API what was found; it answers BUILD_GO or BUILD_CANCEL. */
void
build_source_tell(struct build *b)
{
	peer_send_tail(child_peer(PROC_API, 0), MSG_BUILD_SPEC, &b->id,
	    sizeof(b->id), b->found, b->found_len);
}

static void
found(struct build *b, char *doc, size_t len)
{
	free(b->found);
	b->found = doc;
	b->found_len = len;
	b->step = STEP_GO;
	build_source_tell(b);
}

static void
on_line(void *arg, const char *line, size_t len)
{
	struct build *b = arg;

	logfile_say_text(b->log, line, len);
}

/* A source that is fetched again for the tree alone must be the same. */
static void
on_spec(void *arg, const char *doc, size_t len)
{
	struct build *b = arg;
	char *copy;

	if (b->step == STEP_UPLOAD) {
		build_upload(b);
		return;
	}
	if (b->step != STEP_SOURCE)
		return;
	if ((copy = malloc(len + 1)) == NULL)
		fatal("source");
	memcpy(copy, doc, len);
	copy[len] = '\0';
	found(b, copy, len);
}

static void
on_over(void *arg, const struct msg_git_done *done, const char *text,
    size_t len)
{
	struct build *b = arg;
	char detail[512];

	b->source = NULL;
	if (done != NULL && done->ok) {
		build_upload_made(b, text, len);
		return;
	}
	if (b->step != STEP_SOURCE && b->step != STEP_UPLOAD)
		return; /* it is fetched again when it is needed */
	snprintf(detail, sizeof(detail), "%.*s", (int)len, text);
	if (done != NULL)
		build_fail(b, done->reason, detail);
	else
		build_fail(b, REASON_GIT_FAILED, "cid-git ended unexpectedly");
}

static const struct source_ops ops = { on_line, on_spec, on_over };

/* Have the source fetched; in STEP_UPLOAD once more, if cid-git is gone. */
void
build_source(struct build *b)
{
	char *token;

	token = secret_git(&b->job.git, b->job.repo, b->id.project_id);
	if (token == NULL) {
		build_fail(b, REASON_SECRET_UNUSABLE,
		    "the git credential is for another place");
		return;
	}
	b->source = source_fetch(b->id.project_id, &b->job, token, &ops, b);
	freezero(token, strlen(token));
}

/* A ready image has no source: say so in the form the API expects. */
static void
skip_source(struct build *b)
{
	struct spec_source none;
	char *doc;
	size_t len;

	memset(&none, 0, sizeof(none));
	none.matched = 1;
	if ((doc = schema_print(&spec_source_schema, &none, &len)) == NULL)
		fatal("source");
	found(b, doc, len);
}

/* Begin the stage. */
void
build_source_begin(struct build *b)
{
	stage_tell(&b->stages, &b->id, STAGE_SOURCE, STAGE_BEGAN, REASON_NONE);
	if (b->job.build_type == BUILD_DOCKERFILE)
		build_fail(b, REASON_BUILD_TYPE_UNSUPPORTED, "");
	else if (b->job.build_type == BUILD_IMAGE)
		skip_source(b);
	else
		build_source(b);
	/* Whether it is built is sure, or git decides; most have a network. */
	if (b->step == STEP_SOURCE && !b->job.pending && engine_is_up())
		build_image_network(b);
}
