/*
 * Removes what a build made: its container, then the network and the volume
 * that the container held.  What can't be removed now is swept later.
 */

#include <string.h>

#include "build.h"
#include "build_clean.h"
#include "build_image.h"
#include "build_run.h"
#include "build_state.h"
#include "conf.h"
#include "docker.h"
#include "engine.h"
#include "leftover.h"
#include "log.h"
#include "msg_conf.h"
#include "network.h"
#include "source.h"

static void
log_failure(const struct build *b, const char *what,
    const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];

	if (a->error == DOCKER_OK && (a->status < 300 || a->status == 404))
		return;
	docker_failed(a, text, sizeof(text));
	log_warnx("%s: %s: %s", b->name, what, text);
	leftover_later();
}

static struct docker_req *
ask(struct build *b, enum docker_call call, const char *name,
    const struct docker_ops *ops)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_VERSION);

	da.call = call;
	da.a = name;
	return docker_start(&da, ops, b);
}

static void
on_volume_gone(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->cleaning = NULL;
	log_failure(b, "volume", a);
	build_forget(b);
}

static const struct docker_ops volume_ops = { .done = on_volume_gone };

static void
remove_volume(struct build *b)
{
	char name[NAME_DOCKER_MAX];

	if (b->keep_output || !b->container_wanted) {
		build_forget(b);
		return;
	}
	name_output(name, conf()->instance, b->id.project_id, b->id.number);
	b->cleaning = ask(b, DOCKER_VOLUME_REMOVE, name, &volume_ops);
}

static void
on_network_gone(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->cleaning = NULL;
	log_failure(b, "network", a);
	remove_volume(b);
}

static const struct docker_ops network_ops = { .done = on_network_gone };

static void
remove_network(struct build *b)
{
	if (b->network_wanted)
		b->cleaning =
		    ask(b, DOCKER_NETWORK_REMOVE, b->name, &network_ops);
	else
		remove_volume(b);
}

static void
on_container_gone(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->cleaning = NULL;
	log_failure(b, "container", a);
	remove_network(b);
}

static const struct docker_ops container_ops = { .done = on_container_gone };

/* Give up what is under way; what was made stays for now. */
void
build_stop(struct build *b)
{
	source_free(b->source);
	b->source = NULL;
	build_image_cancel(b);
	if (!b->is_creating)
		build_run_stop(b);
	tar_free(&b->tar);
	env_free(&b->env);
	b->step = STEP_CLEAN;
}

/*
 * Remove what was made; build_forget() is the end.  What is just being made
 * must be there before it can be removed: this is called again then.
 */
void
build_clean(struct build *b)
{
	build_stop(b);
	if (!engine_is_up())
		build_clean_stop(b);
	else if (b->network != NULL || b->is_creating)
		return;
	else if (b->container_wanted)
		b->cleaning =
		    ask(b, DOCKER_CONTAINER_REMOVE, b->name, &container_ops);
	else
		remove_network(b);
}

/* The engine went: the sweep when it is back does the rest. */
void
build_clean_stop(struct build *b)
{
	build_image_cancel_network(b);
	b->is_creating = 0;
	build_run_stop(b);
	docker_cancel(b->cleaning);
	b->cleaning = NULL;
	build_forget(b);
}
