/*
 * The second stage: both images are found or pulled, side by side; the
 * build's network is made, and an old output removed, meanwhile.
 */

#include <string.h>

#include <bsd/string.h>

#include "build.h"
#include "build_clean.h"
#include "build_collect.h"
#include "build_create.h"
#include "build_image.h"
#include "build_state.h"
#include "conf.h"
#include "docker.h"
#include "logfile.h"
#include "msg_conf.h"
#include "network.h"

static void
next(struct build *b)
{
	if (b->image != NULL || b->runtime != NULL || b->volume != NULL)
		return;
	stage_tell(&b->stages, &b->id, STAGE_IMAGE, STAGE_ENDED, REASON_NONE);
	if (b->spec.build_type == BUILD_IMAGE) {
		build_result(b, 0);
		return;
	}
	stage_tell(&b->stages, &b->id, STAGE_BUILD, STAGE_BEGAN, REASON_NONE);
	b->step = STEP_CREATE;
	build_create(b);
}

static void
take(struct build *b, const char *name, const struct image_result *r)
{
	if (r->reason == REASON_ENGINE_DOWN) /* build_engine_down() follows */
		return;
	if (r->reason != REASON_NONE) {
		if (r->text[0] != '\0')
			logfile_say(b->log, "%s: %s", name, r->text);
		build_fail(b, r->reason, name);
		return;
	}
	logfile_say(b->log, "%s is %s.", name, r->ref);
	next(b);
}

/* Built in what it runs in: one answer is enough. */
static int
is_same(const struct build *b)
{
	return b->spec.build_type == BUILD_COMMAND &&
	    strcmp(b->spec.image, b->spec.runtime_image) == 0;
}

static void
on_image(void *arg, const struct image_result *r)
{
	struct build *b = arg;

	b->image = NULL;
	b->image_is = *r;
	if (is_same(b))
		b->runtime_is = *r;
	take(b, b->spec.image, r);
}

static void
on_runtime(void *arg, const struct image_result *r)
{
	struct build *b = arg;

	b->runtime = NULL;
	b->runtime_is = *r;
	take(b, b->spec.runtime_image, r);
}

static void
on_network(void *arg, enum reason reason, const char *text)
{
	struct build *b = arg;

	b->network = NULL;
	if (b->step == STEP_CLEAN) {
		build_clean(b);
		return;
	}
	if (reason != REASON_NONE) {
		/* Made early, it is tried again when it is needed. */
		if (reason != REASON_ENGINE_DOWN && b->step >= STEP_IMAGE &&
		    b->spec.network)
			build_fail(b, reason, text);
		return;
	}
	b->network_ready = 1;
	if (b->step == STEP_START)
		build_step(b);
}

/*
 * Make the build's network, which takes the engine longest of all; called as
 * early as it is known that one is needed, or almost certain.
 */
void
build_image_network(struct build *b)
{
	struct label l;

	memset(&l, 0, sizeof(l));
	l.kind = LABEL_BUILD_NETWORK;
	strlcpy(l.instance, conf()->instance, sizeof(l.instance));
	strlcpy(l.project, b->job.project, sizeof(l.project));
	strlcpy(l.environment, b->job.environment, sizeof(l.environment));
	l.project_id = b->id.project_id;
	l.build_id = b->id.build_id;
	l.number = b->id.number;
	l.attempt = b->id.attempt;
	b->network_wanted = 1;
	b->network_ready = 0;
	b->network = network_make(&l, on_network, b);
}

static void
on_volume_gone(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->volume = NULL;
	b->volume_used = a->status >= 300 && a->status != 404;
	if (!docker_is_lost(a))
		next(b);
}

static const struct docker_ops volume_ops = { .done = on_volume_gone };

/* The engine keeps it if a container, this build's or another, has it. */
static void
remove_old_output(struct build *b)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_VOLUME_REMOVE);
	char name[NAME_DOCKER_MAX];

	name_output(name, conf()->instance, b->id.project_id, b->id.number);
	ask.a = name;
	b->volume = docker_start(&ask, &volume_ops, b);
}

static struct image *
want(struct build *b, const char *name,
    void (*done)(void *, const struct image_result *))
{
	struct image_want w;

	memset(&w, 0, sizeof(w));
	w.name = name;
	w.project_id = b->id.project_id;
	w.registries = &b->spec.registries;
	w.log = b->log;
	return image_get(&w, done, b);
}

/* Begin the stage, or begin it again after the engine was away. */
void
build_image(struct build *b)
{
	const char *bad = NULL;

	stage_tell(&b->stages, &b->id, STAGE_IMAGE, STAGE_BEGAN, REASON_NONE);
	if (b->spec.build_type == BUILD_COMMAND) {
		if ((b->image = want(b, b->spec.image, on_image)) == NULL)
			bad = b->spec.image;
		else
			remove_old_output(b);
		if (bad == NULL && b->spec.network && b->network == NULL &&
		    !b->network_ready)
			build_image_network(b);
	}
	if (bad == NULL && b->spec.runtime_image[0] != '\0' && !is_same(b) &&
	    (b->runtime = want(b, b->spec.runtime_image, on_runtime)) == NULL)
		bad = b->spec.runtime_image;
	if (bad != NULL)
		build_fail(b, REASON_IMAGE_NAME, bad);
	else
		next(b);
}

/* Give up looking for images. */
void
build_image_cancel(struct build *b)
{
	image_cancel(b->image);
	image_cancel(b->runtime);
	docker_cancel(b->volume);
	b->image = b->runtime = NULL;
	b->volume = NULL;
}

/* Give up the network; it may have been made. */
void
build_image_cancel_network(struct build *b)
{
	network_cancel(b->network);
	b->network = NULL;
}
