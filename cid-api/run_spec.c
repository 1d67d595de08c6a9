/*
 * Writes the documents of a build and of its releases.  No I/O here.
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "name.h"
#include "pairs.h"
#include "run_spec.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DEFAULT_PORT 8080
#define DEFAULT_TIMEOUT_S 30
#define DEFAULT_INTERVAL_S 5
#define DEFAULT_RETRIES 10
#define DEFAULT_STAY_UP_S 10

static const struct schema_field spec_fields[] = {
	SCHEMA_FIELD(run_spec, build, OBJECT, .sub = &spec_build_schema),
	SCHEMA_FIELD(run_spec, release, OBJECT, .sub = &spec_release_schema),
};

const struct schema run_spec_schema = { "a build with its release", spec_fields,
	COUNT(spec_fields), sizeof(struct run_spec) };

static int
copy_sealed(struct schema_list *to, const struct schema_list *from)
{
	const struct spec_sealed *in = from->items;
	struct spec_sealed *out;
	size_t i;

	if (from->len == 0)
		return 0;
	if ((out = calloc(from->len, sizeof(*out))) == NULL)
		return -1;
	to->items = out;
	for (i = 0; i < from->len; i++) {
		out[i] = in[i];
		to->len++;
		out[i].box = strdup(in[i].box == NULL ? "" : in[i].box);
		if (out[i].box == NULL)
			return -1;
	}
	return 0;
}

/* A sealed value wins over a plain one of its name. */
static void
drop_sealed_names(struct schema_list *vars, const struct schema_list *sealed)
{
	const struct spec_sealed *s = sealed->items;
	size_t i;

	for (i = 0; i < sealed->len; i++)
		pairs_drop(vars, s[i].name);
}

static int
set_number(struct schema_list *vars, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return pairs_set(vars, name, text);
}

/* What every container of cid is told about itself. */
static int
set_own_vars(struct schema_list *vars, const struct project *p,
    const struct environment *e, const struct build *b)
{
	if (pairs_set(vars, "CID_PROJECT", p->name) == -1 ||
	    pairs_set(vars, "CID_ENVIRONMENT", e->name) == -1 ||
	    pairs_set(vars, "CID_BRANCH", b->branch) == -1 ||
	    pairs_set(vars, "CID_COMMIT", b->commit) == -1)
		return -1;
	return set_number(vars, "CID_BUILD", b->number);
}

static int
is_own_name(const char *name)
{
	return strcmp(name, "PORT") == 0 || strncmp(name, "CID_", 4) == 0;
}

static enum reason
check_vars(const struct schema_list *vars, char why[RUN_WHY_MAX])
{
	char *const *items = vars->items;
	size_t i;

	for (i = 0; i + 1 < vars->len; i += 2) {
		if (!is_own_name(items[i]))
			continue;
		snprintf(why, RUN_WHY_MAX,
		    "cid.toml: env.%s is a variable that cid sets", items[i]);
		return REASON_SPEC_INVALID;
	}
	return REASON_NONE;
}

static enum reason
lacks(const char *what, char why[RUN_WHY_MAX])
{
	snprintf(why, RUN_WHY_MAX,
	    "No %s is set, neither on the project nor in cid.toml.", what);
	return REASON_SPEC_INCOMPLETE;
}

/* Say what is still missing when all that was set is known. */
static enum reason
check_complete(const struct spec_file *s, char why[RUN_WHY_MAX])
{
	if (s->build_type == BUILD_IMAGE && s->runtime_image[0] == '\0')
		return lacks("image to run", why);
	if (s->build_type != BUILD_COMMAND)
		return REASON_NONE;
	if (s->build_image[0] == '\0')
		return lacks("image to build in", why);
	if (s->build_command.len == 0)
		return lacks("build command", why);
	return REASON_NONE;
}

static int
fill_build(struct spec_build *b, const struct spec_file *s,
    const struct run_spec_in *in)
{
	strlcpy(b->project, in->project->name, sizeof(b->project));
	strlcpy(b->environment, in->env->name, sizeof(b->environment));
	b->build_type = s->build_type;
	if (s->build_type == BUILD_COMMAND)
		strlcpy(b->image, s->build_image, sizeof(b->image));
	strlcpy(b->runtime_image,
	    s->runtime_image[0] != '\0' ? s->runtime_image : b->image,
	    sizeof(b->runtime_image));
	strlcpy(b->working_directory, s->working_directory,
	    sizeof(b->working_directory));
	strlcpy(b->commit, in->build->commit, sizeof(b->commit));
	strlcpy(b->branch, in->build->branch, sizeof(b->branch));
	strlcpy(b->cache_type,
	    s->cache_type[0] != '\0' ? s->cache_type : "none",
	    sizeof(b->cache_type));
	b->trusted = in->env->is_protected;
	b->network = s->network;
	b->limits.memory = s->build_memory;
	b->limits.nano_cpus = s->build_nano_cpus;
	b->limits.pids = s->build_pids;
	b->limits.time_s =
	    s->build_timeout != 0 ? s->build_timeout : in->build_timeout_s;
	b->limits.log = s->build_log;
	if (s->build_type == BUILD_COMMAND &&
	    (strings_copy(&b->command, &s->build_command) == -1 ||
		strings_copy(&b->cache_paths, &s->cache_paths) == -1))
		return -1;
	if (pairs_set_all(&b->env, &s->env) == -1 ||
	    pairs_set_all(&b->env, in->vars) == -1 ||
	    copy_sealed(&b->secrets, in->build_secrets) == -1 ||
	    copy_sealed(&b->registries, in->registries) == -1)
		return -1;
	drop_sealed_names(&b->env, in->build_secrets);
	if (pairs_set(&b->env, "CI", "true") == -1)
		return -1;
	return set_own_vars(&b->env, in->project, in->env, in->build);
}

static int64_t
first_ms(int64_t seconds, int64_t otherwise)
{
	return (seconds != 0 ? seconds : otherwise) * 1000;
}

static void
fill_health(struct spec_health *h, const struct spec_file *s)
{
	h->kind = s->health_kind;
	if (h->kind == HEALTH_HTTP)
		strlcpy(h->path,
		    s->health_check_url[0] != '\0' ? s->health_check_url : "/",
		    sizeof(h->path));
	h->status = s->health_check_status;
	h->timeout_ms = first_ms(s->health_check_timeout, DEFAULT_TIMEOUT_S);
	h->interval_ms = first_ms(s->health_check_interval, DEFAULT_INTERVAL_S);
	h->retries = s->health_check_retries != 0 ? s->health_check_retries
						  : DEFAULT_RETRIES;
	h->stay_up_ms = first_ms(s->health_stay_up, DEFAULT_STAY_UP_S);
}

static int
fill_release(struct spec_release *r, const struct spec_file *s)
{
	r->port = s->runtime_port;
	r->read_only = s->read_only;
	r->limits.memory = s->memory;
	r->limits.nano_cpus = s->nano_cpus;
	r->limits.pids = s->pids;
	fill_health(&r->health, s);
	if (strings_copy(&r->command, &s->runtime_command) == -1)
		return -1;
	return pairs_set_all(&r->env, &s->env);
}

/*
 * Merge settings and cid.toml.  Returns REASON_NONE with *out to be freed by
 * schema_free(), or why not with a sentence in why and nothing to free.
 */
enum reason
run_spec_make(const struct run_spec_in *in, struct run_spec *out,
    char why[RUN_WHY_MAX])
{
	struct spec_file s, file;
	enum reason r;

	memset(out, 0, sizeof(*out));
	why[0] = '\0';
	run_settings(in->project, &s);
	if ((r = run_merge(&s, in->file, &file, why)) == REASON_NONE &&
	    (r = check_vars(&s.env, why)) == REASON_NONE)
		r = check_complete(&s, why);
	if (r == REASON_NONE &&
	    (fill_build(&out->build, &s, in) == -1 ||
		fill_release(&out->release, &s) == -1))
		r = REASON_INTERNAL;
	if (r != REASON_NONE)
		schema_free(&run_spec_schema, out);
	schema_free(&spec_file_schema, &file);
	return r;
}

static void
fill_result(struct spec_release *r, const struct run_release_in *in)
{
	const struct spec_release *from = &in->spec->release;

	r->build_id = in->build->id;
	r->number = in->build->ref;
	strlcpy(r->commit, in->build->commit, sizeof(r->commit));
	strlcpy(r->image, in->result->runtime_image, sizeof(r->image));
	r->has_output = in->result->has_output;
	r->limits = from->limits;
	r->health = from->health;
	r->read_only = from->read_only;
	r->port = from->port != 0 ? from->port : in->result->port;
	if (r->port == 0)
		r->port = DEFAULT_PORT;
	r->publish = in->publish;
	r->publish_max = in->publish_max;
}

static int
fill_vars(struct spec_release *r, const struct run_release_in *in)
{
	if (pairs_set_all(&r->env, &in->spec->release.env) == -1 ||
	    pairs_set_all(&r->env, in->vars) == -1)
		return -1;
	drop_sealed_names(&r->env, in->run_secrets);
	if (set_own_vars(&r->env, in->project, in->env, in->build) == -1 ||
	    pairs_set(&r->env, "CID_SLOT", name_of_slot((uint32_t)in->slot)) ==
		-1 ||
	    (in->url[0] != '\0' &&
		pairs_set(&r->env, "CID_URL", in->url) == -1))
		return -1;
	return set_number(&r->env, "PORT", r->port);
}

/*
 * Make the document of one release.  Returns 0 with *r to be freed by
 * schema_free(), or -1 without memory and nothing to free.
 */
int
run_release_make(const struct run_release_in *in, struct spec_release *r)
{
	memset(r, 0, sizeof(*r));
	fill_result(r, in);
	if (strings_copy(&r->command, &in->spec->release.command) == 0 &&
	    fill_vars(r, in) == 0 &&
	    copy_sealed(&r->secrets, in->run_secrets) == 0 &&
	    copy_sealed(&r->registries, in->registries) == 0)
		return 0;
	schema_free(&spec_release_schema, r);
	return -1;
}
