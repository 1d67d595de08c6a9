/*
 * From a name to an image that is there: asks its registry which content the
 * name stands for today, with this project's credential, and pulls that if
 * the engine lacks it.  An image that never came from a registry is taken as
 * it is.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "clock.h"
#include "conf.h"
#include "docker.h"
#include "docker_lines.h"
#include "image.h"
#include "imageref.h"
#include "log.h"
#include "logfile.h"
#include "pull.h"
#include "secret.h"

#define REGISTRY_TIMEOUT_S 60
#define PULL_TIMEOUT_S 300 /* of silence */

struct image {
	struct imageref ref;
	struct image_result result;
	char *auth; /* NULL: none */
	size_t auth_size;
	struct logfile *log;
	struct docker_req *req;
	struct docker_lines lines;
	struct pull *pull;
	int was_pulled;
	void (*done)(void *, const struct image_result *);
	void *arg;
};

static void inspect(struct image *, const char *, const struct docker_ops *);

static void
image_free(struct image *im)
{
	docker_lines_free(&im->lines);
	free(im->pull);
	freezero(im->auth, im->auth_size);
	free(im);
}

static void
finish(struct image *im, enum reason reason, const char *text)
{
	im->result.reason = reason;
	strlcpy(im->result.text, text, sizeof(im->result.text));
	im->done(im->arg, &im->result);
	image_free(im);
}

/* The engine or, through it, the registry said no. */
static void
fail(struct image *im, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	if (a->error == DOCKER_OK)
		reason = answer_pull_reason(a->status, text);
	else if (a->error == DOCKER_SILENT)
		reason = REASON_REGISTRY_UNREACHABLE;
	finish(im, reason, text);
}

static int
is_missing(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status == 404;
}

static void
on_pull_line(void *arg, struct json_object *o)
{
	struct image *im = arg;
	char line[128];

	if (pull_take(im->pull, o, clock_ms(), line, sizeof(line)))
		logfile_say(im->log, "%s", line);
}

static void
on_pull_data(void *arg, const char *data, size_t len)
{
	struct image *im = arg;

	docker_lines(&im->lines, data, len, on_pull_line, im);
}

static void on_pinned(void *, const struct docker_answer *);
static const struct docker_ops pinned_ops = { .done = on_pinned };

static void
on_pull_done(void *arg, const struct docker_answer *a)
{
	struct image *im = arg;

	im->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200)
		fail(im, a);
	else if (im->pull->error[0] != '\0')
		finish(im, answer_pull_reason(0, im->pull->error),
		    im->pull->error);
	else
		inspect(im, im->result.ref, &pinned_ops);
}

static const struct docker_ops pull_ops = { .done = on_pull_done,
	.data = on_pull_data };

static void
start_pull(struct image *im)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_IMAGE_PULL);

	if (!conf_allows_registry(im->ref.host)) {
		finish(im, REASON_REGISTRY_NOT_ALLOWED, "");
		return;
	}
	if ((im->pull = calloc(1, sizeof(*im->pull))) == NULL)
		fatal("pull");
	logfile_say(im->log, "Pulling %s.", im->ref.full);
	im->was_pulled = 1;
	ask.b = im->result.ref;
	ask.auth = im->auth;
	ask.timeout_s = PULL_TIMEOUT_S;
	im->req = docker_start(&ask, &pull_ops, im);
}

/* Whatever its name: what cid built is not for users to start from (S8). */
static void
take(struct image *im, const struct docker_answer *a)
{
	if (answer_image(a->body, a->len, &im->result.info) == -1)
		finish(im, REASON_ENGINE_ERROR, "the image can't be read");
	else if (im->result.info.is_ours)
		finish(im, REASON_IMAGE_NAME, "it is one that cid made");
	else
		finish(im, REASON_NONE, "");
}

/* Is the content that the name stands for there? */
static void
on_pinned(void *arg, const struct docker_answer *a)
{
	struct image *im = arg;

	im->req = NULL;
	if (a->error == DOCKER_OK && a->status == 200)
		take(im, a);
	else if (is_missing(a) && !im->was_pulled)
		start_pull(im);
	else
		fail(im, a);
}

static void
on_resolved(void *arg, const struct docker_answer *a)
{
	struct image *im = arg;
	char digest[ANSWER_ID_MAX];

	im->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		fail(im, a);
		return;
	}
	if (answer_digest(a->body, a->len, digest) == -1 ||
	    imageref_pin(&im->ref, digest, im->result.ref) == -1) {
		finish(im, REASON_ENGINE_ERROR,
		    "the registry's answer can't be read");
		return;
	}
	inspect(im, im->result.ref, &pinned_ops);
}

static const struct docker_ops resolved_ops = { .done = on_resolved };

static void
resolve(struct image *im)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_IMAGE_RESOLVE);

	if (!conf_allows_registry(im->ref.host)) {
		finish(im, REASON_REGISTRY_NOT_ALLOWED, "");
		return;
	}
	ask.a = im->ref.full;
	ask.auth = im->auth;
	ask.timeout_s = REGISTRY_TIMEOUT_S;
	im->req = docker_start(&ask, &resolved_ops, im);
}

/* What does the engine have under that name? */
static void
on_local(void *arg, const struct docker_answer *a)
{
	struct image *im = arg;
	struct answer_image info;

	im->req = NULL;
	if (is_missing(a)) {
		resolve(im);
		return;
	}
	if (a->error != DOCKER_OK || a->status != 200) {
		fail(im, a);
		return;
	}
	/* The engine also answers to the first digits of an id. */
	if (!answer_image_is_called(a->body, a->len, im->ref.full) ||
	    answer_image(a->body, a->len, &info) == -1 || !info.is_local) {
		resolve(im);
		return;
	}
	strlcpy(im->result.ref, info.id, sizeof(im->result.ref));
	take(im, a);
}

static const struct docker_ops local_ops = { .done = on_local };

static void
inspect(struct image *im, const char *name, const struct docker_ops *ops)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_IMAGE_INSPECT);

	ask.a = name;
	im->req = docker_start(&ask, ops, im);
}

/*
 * Begin.  The strings and lists of w are not needed after this, its log is.
 * Returns NULL when the name is none; done is not called then.
 */
struct image *
image_get(const struct image_want *w,
    void (*done)(void *, const struct image_result *), void *arg)
{
	struct image *im;

	if ((im = calloc(1, sizeof(*im))) == NULL)
		fatal("image");
	if (imageref_parse(w->name, &im->ref) == -1) {
		free(im);
		return NULL;
	}
	im->done = done;
	im->arg = arg;
	im->log = w->log;
	im->auth = secret_registry(w->registries, &im->ref, w->project_id);
	if (im->auth != NULL)
		im->auth_size = strlen(im->auth) + 1;
	if (w->is_resolved) {
		strlcpy(im->result.ref, im->ref.full, sizeof(im->result.ref));
		inspect(im, im->result.ref, &pinned_ops);
	} else
		inspect(im, im->ref.full, &local_ops);
	return im;
}

/* Forget it; done is not called.  NULL is allowed. */
void
image_cancel(struct image *im)
{
	if (im == NULL)
		return;
	docker_cancel(im->req);
	image_free(im);
}
