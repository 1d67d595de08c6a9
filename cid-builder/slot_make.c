/*
 * Fills in the template for a release's container.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "addr.h"
#include "conf.h"
#include "env.h"
#include "log.h"
#include "msg_conf.h"
#include "network.h"
#include "secret.h"
#include "slot_make.h"
#include "slot_op_state.h"
#include "template.h"

#define MEMORY_DEFAULT (512LL * 1024 * 1024)
#define CPU_DEFAULT 1000000000LL
#define PIDS_DEFAULT 512

static const struct spec_release *
release(const struct slot_op *op)
{
	return &op->spec.slots[op->env.slot].release;
}

/* kind is LABEL_SLOT, or LABEL_NETWORK for the environment's network. */
void
slot_make_label(const struct slot_op *op, enum label_kind kind, struct label *l)
{
	memset(l, 0, sizeof(*l));
	l->kind = kind;
	strlcpy(l->instance, conf()->instance, sizeof(l->instance));
	strlcpy(l->project, op->spec.project, sizeof(l->project));
	strlcpy(l->environment, op->spec.environment, sizeof(l->environment));
	l->project_id = op->env.project_id;
	l->env_id = op->env.env_id;
	l->net = op->env.net;
	if (kind != LABEL_SLOT)
		return;
	l->build_id = (uint64_t)release(op)->build_id;
	l->number = (uint32_t)release(op)->number;
	l->release_id = op->env.release_id;
	l->slot = op->env.slot;
	l->port = (uint32_t)release(op)->port;
}

static int
set_number(struct env *e, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return env_set(e, name, text, strlen(text));
}

static int
set(struct env *e, const char *name, const char *value)
{
	return env_set(e, name, value, strlen(value));
}

/* PORT is what the route leads to, whatever the project says. */
static enum reason
fill_env(const struct slot_op *op, struct env *e)
{
	const struct spec_release *r = release(op);

	if (env_add_pairs(e, &r->env) == -1)
		return REASON_SPEC_INVALID;
	if (secret_add_env(e, NULL, &r->secrets, op->env.project_id,
		op->spec.environment, SEAL_RUN) == -1)
		return REASON_SECRET_UNUSABLE;
	if (set_number(e, "PORT", r->port) == -1 ||
	    set_number(e, "CID_BUILD", r->number) == -1 ||
	    set(e, "CID_COMMIT", r->commit) == -1 ||
	    set(e, "CID_PROJECT", op->spec.project) == -1 ||
	    set(e, "CID_ENVIRONMENT", op->spec.environment) == -1)
		return REASON_SPEC_INVALID;
	return REASON_NONE;
}

static void
set_default(int64_t *limit, int64_t usual, uint64_t most)
{
	if (*limit == 0)
		*limit = (uint64_t)usual < most ? usual : (int64_t)most;
}

static void
fill_limits(struct spec_limits *l, const struct spec_limits *wanted)
{
	*l = *wanted;
	set_default(&l->memory, MEMORY_DEFAULT, conf()->memory_max);
	set_default(&l->nano_cpus, CPU_DEFAULT, conf()->nano_cpus_max);
	set_default(&l->pids, PIDS_DEFAULT, conf()->pids_max);
}

/* A command of the project's own runs where its build's output is. */
static enum reason
fill_place(const struct slot_op *op, struct template *t, char *directory,
    size_t size)
{
	const struct spec_release *r = release(op);
	char volume[NAME_DOCKER_MAX];

	directory[0] = '\0';
	if (r->working_directory[0] != '\0')
		snprintf(directory, size, "/app/%s", r->working_directory);
	else if (r->has_output && r->command.len > 0)
		strlcpy(directory, "/app", size);
	t->working_directory = directory;
	if (!r->has_output)
		return REASON_NONE;
	name_output(volume, conf()->instance, op->env.project_id,
	    (uint32_t)r->number);
	return template_add_mount(t, volume, "/app", LABEL_OUTPUT, 1);
}

static enum reason
fill(const struct slot_op *op, struct template *t, char *network,
    char *directory, size_t size)
{
	const struct spec_release *r = release(op);
	struct label net;

	slot_make_label(op, LABEL_SLOT, &t->label);
	slot_make_label(op, LABEL_NETWORK, &net);
	t->kind = TEMPLATE_SLOT;
	t->image = r->image;
	t->argv = r->command.items;
	t->argc = r->command.len;
	t->network = network_name(&net, network);
	t->port = (uint32_t)r->port;
	t->publish = op->publish;
	t->read_only = r->read_only;
	fill_limits(&t->limits, &r->limits);
	if (addr_slot(&conf()->pool, op->env.net, op->env.slot, &t->address) ==
	    -1)
		return REASON_POOL_EXHAUSTED;
	return fill_place(op, t, directory, size);
}

/*
 * Write the body of the create request, for freezero().  Returns REASON_NONE
 * or why it can't be.
 */
enum reason
slot_make(const struct slot_op *op, char **body, size_t *len)
{
	char network[NAME_DOCKER_MAX], directory[SPEC_PATH_MAX + 8];
	struct template_ceiling ceiling;
	struct template t;
	enum reason reason;
	struct env env;
	char *names = NULL;

	memset(&t, 0, sizeof(t));
	env_init(&env);
	conf_ceiling(&ceiling);
	reason = fill(op, &t, network, directory, sizeof(directory));
	if (reason == REASON_NONE)
		reason = fill_env(op, &env);
	t.env = &env;
	if (reason == REASON_NONE)
		reason = template_check(&t, &ceiling);
	if (reason != REASON_NONE)
		goto done;
	names = secret_names(&release(op)->secrets);
	t.secrets = names;
	if ((*body = template_container(&t, &ceiling, len)) == NULL)
		fatal("slot");
done:
	free(names);
	env_free(&env);
	return reason;
}
