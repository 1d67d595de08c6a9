/*
 * Makes a build's container.  One that is there already is the same build's,
 * left by a builder that died, and goes on; or it is a leftover and goes.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "answer.h"
#include "build.h"
#include "build_clean.h"
#include "build_create.h"
#include "build_run.h"
#include "build_state.h"
#include "build_upload.h"
#include "cache.h"
#include "conf.h"
#include "docker.h"
#include "log.h"
#include "logfile.h"
#include "mask.h"
#include "msg_conf.h"
#include "secret.h"
#include "template.h"

static void ask(struct build *, enum docker_call, const struct docker_ops *);

static int
set(struct env *e, const char *name, const char *value)
{
	return env_set(e, name, value, strlen(value));
}

/* What cid itself says about the build; nothing a project sets hides it. */
static int
set_own(struct build *b)
{
	char number[16];

	snprintf(number, sizeof(number), "%" PRIu32, b->id.number);
	if (set(&b->env, "CI", "true") == -1 ||
	    set(&b->env, "CID_COMMIT", b->spec.commit) == -1 ||
	    set(&b->env, "CID_BRANCH", b->spec.branch) == -1 ||
	    set(&b->env, "CID_BUILD", number) == -1 ||
	    set(&b->env, "CID_PROJECT", b->spec.project) == -1 ||
	    set(&b->env, "CID_ENVIRONMENT", b->spec.environment) == -1)
		return -1;
	return 0;
}

/*
 * Gather the environment, opening the build's secrets, which its log hides
 * from now on.  Returns REASON_NONE or why not.
 */
enum reason
build_create_env(struct build *b)
{
	struct mask *m;
	int bad;

	if ((m = mask_new()) == NULL)
		fatal("build");
	if (cache_set_env(&b->env, &b->spec) != REASON_NONE ||
	    env_add_pairs(&b->env, &b->spec.env) == -1) {
		mask_free(m);
		return REASON_SPEC_INVALID;
	}
	bad = secret_add_env(&b->env, m, &b->spec.secrets, b->id.project_id,
		  b->spec.environment, SEAL_BUILD) == -1;
	logfile_mask(b->log, m);
	if (bad)
		return REASON_SECRET_UNUSABLE;
	return set_own(b) == -1 ? REASON_SPEC_INVALID : REASON_NONE;
}

static void
fill_label(struct label *l, const struct build *b)
{
	l->kind = LABEL_BUILD;
	strlcpy(l->instance, conf()->instance, sizeof(l->instance));
	strlcpy(l->project, b->spec.project, sizeof(l->project));
	strlcpy(l->environment, b->spec.environment, sizeof(l->environment));
	l->project_id = b->id.project_id;
	l->build_id = b->id.build_id;
	l->number = b->id.number;
	l->attempt = b->id.attempt;
}

static enum reason
fill(struct build *b, struct template *t, char *directory, size_t size)
{
	char volume[NAME_DOCKER_MAX];
	enum reason reason;

	fill_label(&t->label, b);
	snprintf(directory, size, "/app%s%s",
	    b->spec.working_directory[0] != '\0' ? "/" : "",
	    b->spec.working_directory);
	t->kind = TEMPLATE_BUILD;
	t->image = b->image_is.info.id;
	t->argv = b->spec.command.items;
	t->argc = b->spec.command.len;
	t->env = &b->env;
	t->working_directory = directory;
	t->network = b->spec.network ? b->name : NULL;
	t->limits = b->spec.limits;
	name_output(volume, t->label.instance, b->id.project_id, b->id.number);
	reason = template_add_mount(t, volume, "/output", LABEL_OUTPUT, 0);
	return reason != REASON_NONE ? reason : cache_mount(t, &b->spec);
}

/* Our container, not yet started, is removed with what it made. */
static void
on_replaced(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;
	char text[ANSWER_TEXT_MAX];
	enum reason reason;

	b->req = NULL;
	if (a->error == DOCKER_OK && (a->status < 300 || a->status == 404)) {
		b->volume_used = 0;
		build_create(b);
		return;
	}
	reason = docker_failed(a, text, sizeof(text));
	if (reason != REASON_ENGINE_DOWN)
		build_fail(b, reason, text);
}

static const struct docker_ops replaced_ops = { .done = on_replaced };

/* The output of an attempt before this one is not this one's. */
static void
on_leftover_gone(void *arg, const struct docker_answer *a)
{
	struct docker_ask volume = DOCKER_ASK(DOCKER_VOLUME_REMOVE);
	struct build *b = arg;
	char name[NAME_DOCKER_MAX];

	if (a->error != DOCKER_OK || (a->status >= 300 && a->status != 404)) {
		on_replaced(arg, a);
		return;
	}
	name_output(name, conf()->instance, b->id.project_id, b->id.number);
	volume.a = name;
	b->req = docker_start(&volume, &replaced_ops, b);
}

static const struct docker_ops leftover_ops = { .done = on_leftover_gone };

static int
is_this(const struct build *b, const struct label *l)
{
	return l->kind == LABEL_BUILD && l->build_id == b->id.build_id &&
	    l->attempt == b->id.attempt;
}

/* A container of that name is there: whose, and how far? */
static void
on_found(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;
	struct answer_container c;
	char text[ANSWER_TEXT_MAX];
	enum reason reason;

	b->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		reason = docker_failed(a, text, sizeof(text));
		if (a->status == 404) /* it went meanwhile */
			build_lose(b);
		else if (reason != REASON_ENGINE_DOWN)
			build_fail(b, reason, text);
	} else if (answer_container(a->body, a->len, conf()->instance, &c) ==
		-1 ||
	    c.label.kind != LABEL_BUILD) {
		b->container_wanted = 0;
		build_fail(b, REASON_ENGINE_ERROR,
		    "a container of that name is not cid's");
	} else if (is_this(b, &c.label) && c.state != CONTAINER_CREATED) {
		build_run_resume(b, &c);
	} else if (b->resumed) { /* it was running when the engine went */
		build_lose(b);
	} else {
		ask(b, DOCKER_CONTAINER_REMOVE, &leftover_ops);
	}
}

static const struct docker_ops found_ops = { .done = on_found };

static void
ask(struct build *b, enum docker_call call, const struct docker_ops *ops)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_VERSION);

	da.call = call;
	da.a = b->name;
	b->req = docker_start(&da, ops, b);
}

/* A shell's script is shown line by line, other commands word by word. */
static void
say_command(struct build *b)
{
	char *const *argv = b->spec.command.items;
	char line[1024] = "$";
	const char *p;
	size_t i, n;

	if (b->spec.command.len == 3 && strcmp(argv[1], "-c") == 0) {
		for (p = argv[2]; *p != '\0'; p += n + (p[n] == '\n')) {
			n = strcspn(p, "\n");
			logfile_say(b->log, "$ %.*s", (int)n, p);
		}
		return;
	}
	for (i = 0; i < b->spec.command.len; i++) {
		strlcat(line, " ", sizeof(line));
		strlcat(line, argv[i], sizeof(line));
	}
	logfile_say(b->log, "%s", line);
}

static void
on_created(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;
	char text[ANSWER_TEXT_MAX];
	enum reason reason;

	b->req = NULL;
	b->is_creating = 0;
	if (b->step == STEP_CLEAN) {
		build_clean(b);
		return;
	}
	if (a->error == DOCKER_OK && a->status == 201 && b->volume_used) {
		b->keep_output = 1; /* a release may be running on it */
		build_fail(b, REASON_INTERNAL, "its output is in use");
		return;
	}
	if (a->error == DOCKER_OK && a->status == 201) {
		logfile_restart(b->log);
		say_command(b);
		b->step = STEP_UPLOAD;
		build_upload(b);
		return;
	}
	reason = docker_failed(a, text, sizeof(text));
	if (a->status == 409 || strstr(text, "already in use") != NULL)
		ask(b, DOCKER_CONTAINER_INSPECT, &found_ops);
	else if (reason != REASON_ENGINE_DOWN)
		build_fail(b, reason, text);
}

static const struct docker_ops created_ops = { .done = on_created };

/* Make the container, or go on with the one that is there. */
void
build_create(struct build *b)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_CONTAINER_CREATE);
	struct template_ceiling ceiling;
	char directory[SPEC_PATH_MAX + 8], *body, *names;
	struct template t;
	enum reason reason;

	memset(&t, 0, sizeof(t));
	conf_ceiling(&ceiling);
	if ((reason = fill(b, &t, directory, sizeof(directory))) !=
		REASON_NONE ||
	    (reason = template_check(&t, &ceiling)) != REASON_NONE) {
		build_fail(b, reason, "");
		return;
	}
	names = secret_names(&b->spec.secrets);
	t.secrets = names;
	body = template_container(&t, &ceiling, &da.body_len);
	free(names);
	if (body == NULL)
		fatal("build");
	da.a = b->name;
	da.body = body;
	b->container_wanted = b->is_creating = 1;
	b->req = docker_start(&da, &created_ops, b);
	freezero(body, da.body_len);
}

/* The engine was away while the container ran. */
void
build_create_resume(struct build *b)
{
	b->resumed = b->resumed_after_engine = 1;
	ask(b, DOCKER_CONTAINER_INSPECT, &found_ops);
}
