/*
 * Puts the source into the container: cid-git writes a tar into a pipe, the
 * Docker client reads it there, no copy lies on disk.  The engine answers 200
 * to much that it did not unpack, so the deepest entry is looked for.
 */

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "build.h"
#include "build_run.h"
#include "build_source.h"
#include "build_state.h"
#include "build_upload.h"
#include "docker.h"
#include "source.h"

#define UPLOAD_TIMEOUT_S 600 /* of silence from the engine, all in all */

static void
fail(struct build *b, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	if (reason != REASON_ENGINE_DOWN)
		build_fail(b, reason, text);
}

static void
on_found(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->req = NULL;
	if (a->error == DOCKER_OK && a->status == 200) {
		b->step = STEP_START;
		build_run(b);
	} else if (a->error == DOCKER_OK && a->status == 404) {
		build_fail(b, REASON_ENGINE_ERROR,
		    "the engine did not unpack the source");
	} else {
		fail(b, a);
	}
}

static const struct docker_ops found_ops = { .done = on_found };

/* Both ends of the pipe are done: is the deepest entry there? */
static void
look(struct build *b)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_ARCHIVE_STAT);

	if (!b->tar_sent || !b->tar_made)
		return;
	ask.a = b->name;
	ask.b = b->deepest;
	b->req = docker_start(&ask, &found_ops, b);
}

static void
on_sent(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		fail(b, a);
		return;
	}
	b->tar_sent = 1;
	look(b);
}

static const struct docker_ops sent_ops = { .done = on_sent };

/* Begin; the source is fetched once more if its cid-git is gone. */
void
build_upload(struct build *b)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_ARCHIVE_PUT);

	b->tar_sent = b->tar_made = 0;
	if (b->source == NULL) {
		build_source(b);
		return;
	}
	if ((ask.upload = source_tar(b->source)) == -1) {
		build_fail(b, REASON_INTERNAL, "the source can't be asked for");
		return;
	}
	ask.a = b->name;
	ask.type = "application/x-tar";
	ask.timeout_s = UPLOAD_TIMEOUT_S;
	b->req = docker_start(&ask, &sent_ops, b);
}

/* cid-git wrote all of it; deepest is relative to the root. */
void
build_upload_made(struct build *b, const char *deepest, size_t len)
{
	if (b->step != STEP_UPLOAD)
		return;
	snprintf(b->deepest, sizeof(b->deepest), "/%.*s", (int)len, deepest);
	b->tar_made = 1;
	look(b);
}
