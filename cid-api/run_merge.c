/*
 * A project's settings and the cid.toml of a commit, merged field by field.
 * What the repository may decide is in one table (S10).  No I/O here.
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db_project.h"
#include "run_merge.h"

enum rule {
	FREE,  /* the repository decides */
	SAME,  /* it may repeat what the project says */
	LOWER, /* it may ask for less than the project allows */
	ON,    /* it may switch it on, not off */
	NEVER  /* it may not name it */
};

static const enum rule rules[SPEC_FILE_FIELDS] = {
	[SPEC_FILE_NAME] = SAME,
	[SPEC_FILE_REPO] = SAME,
	[SPEC_FILE_BRANCH] = SAME,
	[SPEC_FILE_PATH_FILTER] = SAME,
	[SPEC_FILE_WORKING_DIRECTORY] = SAME,
	[SPEC_FILE_BUILD_TYPE] = SAME,
	[SPEC_FILE_BUILD_IMAGE] = FREE,
	[SPEC_FILE_BUILD_COMMAND] = FREE,
	[SPEC_FILE_CACHE_TYPE] = FREE,
	[SPEC_FILE_CACHE_PATHS] = FREE,
	[SPEC_FILE_NETWORK] = LOWER,
	[SPEC_FILE_BUILD_MEMORY] = LOWER,
	[SPEC_FILE_BUILD_NANO_CPUS] = LOWER,
	[SPEC_FILE_BUILD_PIDS] = LOWER,
	[SPEC_FILE_BUILD_TIMEOUT] = LOWER,
	[SPEC_FILE_BUILD_LOG] = LOWER,
	[SPEC_FILE_RUNTIME_IMAGE] = FREE,
	[SPEC_FILE_RUNTIME_COMMAND] = FREE,
	[SPEC_FILE_RUNTIME_PORT] = FREE,
	[SPEC_FILE_HEALTH_KIND] = FREE,
	[SPEC_FILE_HEALTH_CHECK_URL] = FREE,
	[SPEC_FILE_HEALTH_CHECK_STATUS] = FREE,
	[SPEC_FILE_HEALTH_CHECK_TIMEOUT] = FREE,
	[SPEC_FILE_HEALTH_CHECK_INTERVAL] = FREE,
	[SPEC_FILE_HEALTH_CHECK_RETRIES] = FREE,
	[SPEC_FILE_HEALTH_STAY_UP] = FREE,
	[SPEC_FILE_PROMOTE] = NEVER,
	[SPEC_FILE_SUPERSEDE] = NEVER,
	[SPEC_FILE_PRIORITY] = NEVER,
	[SPEC_FILE_READ_ONLY] = ON,
	[SPEC_FILE_MEMORY] = LOWER,
	[SPEC_FILE_NANO_CPUS] = LOWER,
	[SPEC_FILE_PIDS] = LOWER,
	[SPEC_FILE_ENV] = FREE,
};

/* A project's settings in the shape of the file; lists stay the project's. */
void
run_settings(const struct project *p, struct spec_file *s)
{
	memset(s, 0, sizeof(*s));
	strlcpy(s->name, p->name, sizeof(s->name));
	strlcpy(s->repo, p->repo, sizeof(s->repo));
	strlcpy(s->branch, p->branch, sizeof(s->branch));
	strlcpy(s->path_filter, p->path_filter, sizeof(s->path_filter));
	strlcpy(s->working_directory, p->working_directory,
	    sizeof(s->working_directory));
	s->build_type = p->build_type;
	strlcpy(s->build_image, p->build_image, sizeof(s->build_image));
	s->build_command = p->build_command;
	strlcpy(s->cache_type, p->cache_type, sizeof(s->cache_type));
	s->cache_paths = p->cache_paths;
	s->network = p->network;
	s->build_memory = p->build.memory;
	s->build_nano_cpus = p->build.nano_cpus;
	s->build_pids = p->build.pids;
	s->build_timeout = p->build.time_s;
	s->build_log = p->build.log;
	strlcpy(s->runtime_image, p->runtime_image, sizeof(s->runtime_image));
	s->runtime_command = p->runtime_command;
	s->runtime_port = p->runtime_port;
	s->health_kind = p->health_kind;
	strlcpy(s->health_check_url, p->health_check_url,
	    sizeof(s->health_check_url));
	s->health_check_status = p->health_check_status;
	s->health_check_timeout = p->health_check_timeout;
	s->health_check_interval = p->health_check_interval;
	s->health_check_retries = p->health_check_retries;
	s->health_stay_up = p->health_stay_up;
	s->promote = p->promote;
	s->supersede = p->supersede;
	s->priority = p->priority;
	s->read_only = p->read_only;
	s->memory = p->runtime.memory ? p->runtime.memory : RUN_MEMORY;
	s->nano_cpus =
	    p->runtime.nano_cpus ? p->runtime.nano_cpus : RUN_NANO_CPUS;
	s->pids = p->runtime.pids ? p->runtime.pids : RUN_PIDS;
}

static int64_t
number_of(const struct schema_field *f, const struct spec_file *s)
{
	const char *at = (const char *)s + f->offset;
	int64_t n;
	int i;

	if (f->type == SCHEMA_INT) {
		memcpy(&n, at, sizeof(n));
		return n;
	}
	memcpy(&i, at, sizeof(i));
	return i;
}

static int
is_same(const struct schema_field *f, const struct spec_file *a,
    const struct spec_file *b)
{
	if (f->type == SCHEMA_STRING)
		return strcmp((const char *)a + f->offset,
			   (const char *)b + f->offset) == 0;
	return number_of(f, a) == number_of(f, b);
}

/* A limit of 0 is the operator's, which cid-builder keeps. */
static int
is_lower(const struct schema_field *f, const struct spec_file *file,
    const struct spec_file *settings)
{
	int64_t most = number_of(f, settings);

	if (f->type == SCHEMA_INT && most == 0)
		return 1;
	return number_of(f, file) <= most;
}

static int
is_allowed(size_t field, const struct spec_file *file,
    const struct spec_file *settings)
{
	const struct schema_field *f = &spec_file_schema.fields[field];

	switch (rules[field]) {
	case FREE:
		return 1;
	case SAME:
		return is_same(f, file, settings);
	case LOWER:
		return is_lower(f, file, settings);
	case ON:
		return number_of(f, file) >= number_of(f, settings);
	case NEVER:
		break;
	}
	return 0;
}

static void
say_forbidden(size_t field, const struct spec_file *settings,
    char why[RUN_WHY_MAX])
{
	const struct schema_field *f = &spec_file_schema.fields[field];

	switch (rules[field]) {
	case SAME:
		snprintf(why, RUN_WHY_MAX,
		    "cid.toml: %s differs from the project's; "
		    "change it on the project",
		    f->name);
		break;
	case LOWER:
		snprintf(why, RUN_WHY_MAX,
		    "cid.toml: %s is above the project's %" PRId64, f->name,
		    number_of(f, settings));
		break;
	default:
		snprintf(why, RUN_WHY_MAX,
		    "cid.toml: %s is set on the project only", f->name);
		break;
	}
}

/* A limit of 0 in the file asks for nothing. */
static int
is_silent(const struct schema_field *f, const struct spec_file *file)
{
	return rules[f - spec_file_schema.fields] == LOWER &&
	    f->type == SCHEMA_INT && number_of(f, file) == 0;
}

/*
 * Lay the file over the settings in *s, whose lists are then the project's
 * or those of *file.  The caller frees *file, in every case, when *s is of no
 * more use.  Returns why not, with a sentence in why.
 */
enum reason
run_merge(struct spec_file *s, const char *json, struct spec_file *file,
    char why[RUN_WHY_MAX])
{
	const struct schema *schema = &spec_file_schema;
	struct schema_error e;
	uint64_t present;
	size_t i;

	memset(file, 0, sizeof(*file));
	if (json == NULL || json[0] == '\0')
		return REASON_NONE;
	if (schema_parse(schema, json, strlen(json), file, &present, &e) ==
	    -1) {
		snprintf(why, RUN_WHY_MAX, "cid.toml: %s %s", e.field,
		    e.reason);
		return REASON_SPEC_INVALID;
	}
	for (i = 0; i < SPEC_FILE_FIELDS; i++) {
		const struct schema_field *f = &schema->fields[i];

		if (!(present >> i & 1) || is_silent(f, file))
			continue;
		if (!is_allowed(i, file, s)) {
			say_forbidden(i, s, why);
			return REASON_SPEC_FORBIDDEN_KEY;
		}
		memcpy((char *)s + f->offset, (const char *)file + f->offset,
		    f->size);
	}
	return REASON_NONE;
}
