/*
 * What may be said of a project, field by field: the one table that requests
 * are read by and answers are written by.  Pure.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "project_input.h"
#include "spec_check.h"
#include "spec_file.h"
#include "spec_release.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY INT64_C(86400)
#define TOKEN_MAX 8192
#define SECRET_MIN 8
#define SECRET_MAX 70

static const char *
check_text(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return "has a control character";
	}
	return NULL;
}

static const char *
check_cache(const char *s)
{
	static const char *const types[] = { "none", "paths", "gradle", "maven",
		"npm", "pnpm", "yarn", "pip", "cargo", "go", "composer" };
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		if (strcmp(s, types[i]) == 0)
			return NULL;
	}
	return "must be one of: none, paths, gradle, maven, npm, pnpm, yarn, "
	       "pip, cargo, go, composer";
}

/* clang-format off */
#define SET(id, member, kind, ...) \
	[PROJECT_##id] = SCHEMA_FIELD(project, member, kind, __VA_ARGS__)
#define LIMIT(id, as, member, ...) \
	[PROJECT_##id] = { .name = as, .type = SCHEMA_INT, \
	    SCHEMA_AT(project, member), __VA_ARGS__ }
#define GIVE(id, member, kind, ...) \
	[PROJECT_##id] = SCHEMA_FIELD(project_input, member, kind, __VA_ARGS__)
#define LOGIN(member, kind, ...) \
	SCHEMA_FIELD(project_login, member, kind, __VA_ARGS__)

static const struct schema_field login_fields[] = {
	LOGIN(server, STRING, .min = 1, .check = check_text,
	    .flags = SCHEMA_REQUIRED),
	LOGIN(user, STRING, .min = 1, .check = check_text,
	    .flags = SCHEMA_REQUIRED),
	LOGIN(password, TEXT, .min = 1, .max = TOKEN_MAX, .check = check_text,
	    .flags = SCHEMA_REQUIRED),
};

static const struct schema login_schema = { "a login", login_fields,
	COUNT(login_fields), sizeof(struct project_login) };

static const struct schema_field fields[PROJECT_FIELDS] = {
	SET(NAME, name, STRING, .min = 1, .check = spec_check_project),
	SET(REPO, repo, STRING, .check = check_text),
	SET(BRANCH, branch, STRING, .min = 1, .check = spec_check_branch),
	SET(PATH_FILTER, path_filter, STRING, .check = spec_check_filter),
	SET(WORKING_DIRECTORY, working_directory, STRING,
	    .check = spec_check_dir),
	SET(BUILD_TYPE, build_type, ENUM, .names = spec_build_types),
	SET(BUILD_IMAGE, build_image, STRING, .check = spec_check_image),
	SET(BUILD_COMMAND, build_command, STRINGS, .max = SPEC_ITEMS_MAX),
	SET(CACHE_TYPE, cache_type, STRING, .check = check_cache),
	SET(CACHE_PATHS, cache_paths, STRINGS, .max = SPEC_CACHES_MAX,
	    .check = check_text),
	SET(NETWORK, network, BOOL, 0),
	LIMIT(BUILD_MEMORY, "build_memory", build.memory, 0),
	LIMIT(BUILD_NANO_CPUS, "build_nano_cpus", build.nano_cpus, 0),
	LIMIT(BUILD_PIDS, "build_pids", build.pids, 0),
	LIMIT(BUILD_TIMEOUT, "build_timeout", build.time_s, .max = 7 * DAY),
	LIMIT(BUILD_LOG, "build_log", build.log, 0),
	SET(RUNTIME_IMAGE, runtime_image, STRING, .check = spec_check_image),
	SET(RUNTIME_COMMAND, runtime_command, STRINGS, .max = SPEC_ITEMS_MAX),
	SET(RUNTIME_PORT, runtime_port, INT, .max = 65535),
	SET(HEALTH_KIND, health_kind, ENUM, .names = spec_health_kinds),
	SET(HEALTH_CHECK_URL, health_check_url, STRING,
	    .check = spec_check_path),
	SET(HEALTH_CHECK_STATUS, health_check_status, INT, .max = 599),
	SET(HEALTH_CHECK_TIMEOUT, health_check_timeout, INT, .min = 1,
	    .max = DAY),
	SET(HEALTH_CHECK_INTERVAL, health_check_interval, INT, .min = 1,
	    .max = DAY),
	SET(HEALTH_CHECK_RETRIES, health_check_retries, INT, .min = 1,
	    .max = 1000000),
	SET(HEALTH_STAY_UP, health_stay_up, INT, .min = 1, .max = DAY),
	SET(PROMOTE, promote, ENUM, .names = spec_promotes),
	SET(SUPERSEDE, supersede, BOOL, 0),
	SET(PRIORITY, priority, INT, .min = -1000, .max = 1000),
	SET(READ_ONLY, read_only, BOOL, 0),
	LIMIT(MEMORY, "memory", runtime.memory, 0),
	LIMIT(NANO_CPUS, "nano_cpus", runtime.nano_cpus, 0),
	LIMIT(PIDS, "pids", runtime.pids, 0),
	GIVE(GIT_TOKEN, git_token, TEXT, .max = TOKEN_MAX,
	    .check = check_text),
	GIVE(REGISTRY_AUTH, registry_auth, OBJECTS, .sub = &login_schema,
	    .max = SPEC_REGISTRIES_MAX),
	GIVE(WEBHOOK_SECRET, webhook_secret, TEXT, .min = SECRET_MIN,
	    .max = SECRET_MAX, .check = check_text),
	GIVE(ENV, env, PAIRS, .max = SPEC_ITEMS_MAX,
	    .check = spec_check_variable),
	GIVE(SECRETS, secrets, PAIRS, .max = SPEC_SECRETS_MAX,
	    .check = spec_check_variable),
};
/* clang-format on */

_Static_assert(offsetof(struct project_input, p) == 0,
    "one table serves both structs");

const struct schema project_input_schema = { "a project", fields,
	PROJECT_FIELDS, sizeof(struct project_input) };
const struct schema project_settings_schema = { "a project", fields,
	PROJECT_SETTINGS, sizeof(struct project) };

static const char *const commands[] = { "build_command", "runtime_command" };

static void
prepare_command(struct json_object *o, const char *name)
{
	struct json_object *v, *argv;

	if (!json_object_object_get_ex(o, name, &v) ||
	    !json_object_is_type(v, json_type_string))
		return;
	argv = json_object_new_array();
	if (json_object_get_string_len(v) > 0) {
		json_object_array_add(argv, json_object_new_string("/bin/sh"));
		json_object_array_add(argv, json_object_new_string("-c"));
		json_object_array_add(argv, json_object_get(v));
	}
	json_object_object_add(o, name, argv);
}

void
project_prepare(struct json_object *o)
{
	size_t i;

	if (!json_object_is_type(o, json_type_object))
		return;
	for (i = 0; i < COUNT(commands); i++)
		prepare_command(o, commands[i]);
}

/* Show a string that a shell runs as the string that it was. */
static void
show_command(struct json_object *o, const char *name)
{
	struct json_object *argv, *script;

	if (!json_object_object_get_ex(o, name, &argv) ||
	    json_object_array_length(argv) != 3)
		return;
	if (strcmp(json_object_get_string(json_object_array_get_idx(argv, 0)),
		"/bin/sh") != 0 ||
	    strcmp(json_object_get_string(json_object_array_get_idx(argv, 1)),
		"-c") != 0)
		return;
	script = json_object_get(json_object_array_get_idx(argv, 2));
	json_object_object_add(o, name, script);
}

struct json_object *
project_settings(const struct project *p)
{
	struct json_object *o;
	size_t i;

	if ((o = schema_write(&project_settings_schema, p)) == NULL)
		return NULL;
	for (i = 0; i < COUNT(commands); i++)
		show_command(o, commands[i]);
	return o;
}

/* What a new project is unless it says otherwise. */
void
project_defaults(struct project *p, uint64_t present)
{
	if (!PROJECT_HAS(present, BRANCH))
		strlcpy(p->branch, "main", sizeof(p->branch));
	if (!PROJECT_HAS(present, CACHE_TYPE))
		strlcpy(p->cache_type,
		    p->cache_paths.len > 0 ? "paths" : "none",
		    sizeof(p->cache_type));
	if (!PROJECT_HAS(present, NETWORK))
		p->network = 1;
	if (!PROJECT_HAS(present, HEALTH_KIND))
		p->health_kind =
		    p->health_check_url[0] != '\0' ? HEALTH_HTTP : HEALTH_TCP;
	if (!PROJECT_HAS(present, HEALTH_CHECK_TIMEOUT))
		p->health_check_timeout = 30;
	if (!PROJECT_HAS(present, HEALTH_CHECK_INTERVAL))
		p->health_check_interval = 5;
	if (!PROJECT_HAS(present, HEALTH_CHECK_RETRIES))
		p->health_check_retries = 10;
	if (!PROJECT_HAS(present, HEALTH_STAY_UP))
		p->health_stay_up = 10;
}

static void
free_list(struct schema_list *l)
{
	size_t i;

	for (i = 0; i < l->len; i++)
		free(((char **)l->items)[i]);
	free(l->items);
}

void
project_take(struct project *p, struct project *from, uint64_t present)
{
	const struct schema_field *f;
	char *to, *at;
	size_t i;

	for (i = 0; i < PROJECT_SETTINGS; i++) {
		if ((present & (uint64_t)1 << i) == 0)
			continue;
		f = &fields[i];
		to = (char *)p + f->offset;
		at = (char *)from + f->offset;
		if (f->type == SCHEMA_STRINGS)
			free_list((struct schema_list *)(void *)to);
		memcpy(to, at, f->size);
		if (f->type == SCHEMA_STRINGS)
			memset(at, 0, f->size); /* moved */
	}
}
