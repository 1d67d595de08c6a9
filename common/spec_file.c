/*
 * The table of what cid.toml may set.
 */

#include "spec_file.h"
#include "spec_check.h"
#include "spec_release.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OMIT .flags = SCHEMA_OMIT_EMPTY
#define DAY ((int64_t)86400)

const char *const spec_promotes[] = { "auto", "manual", NULL };

/* clang-format off */
#define FIELD(id, member, kind, ...) \
	[SPEC_FILE_##id] = SCHEMA_FIELD(spec_file, member, kind, __VA_ARGS__)

static const struct schema_field fields[SPEC_FILE_FIELDS] = {
	FIELD(NAME, name, STRING, .min = 1, .check = spec_check_project, OMIT),
	FIELD(REPO, repo, STRING, .min = 1, OMIT),
	FIELD(BRANCH, branch, STRING, .min = 1, .check = spec_check_branch,
	    OMIT),
	FIELD(PATH_FILTER, path_filter, STRING, .check = spec_check_filter,
	    OMIT),
	FIELD(WORKING_DIRECTORY, working_directory, STRING,
	    .check = spec_check_dir, OMIT),
	FIELD(BUILD_TYPE, build_type, ENUM, .names = spec_build_types, OMIT),
	FIELD(BUILD_IMAGE, build_image, STRING, .min = 1,
	    .check = spec_check_image, OMIT),
	FIELD(BUILD_COMMAND, build_command, STRINGS, .min = 1,
	    .max = SPEC_ITEMS_MAX, OMIT),
	FIELD(CACHE_TYPE, cache_type, STRING, .check = spec_check_word, OMIT),
	FIELD(CACHE_PATHS, cache_paths, STRINGS, .max = SPEC_CACHES_MAX, OMIT),
	FIELD(NETWORK, network, BOOL, OMIT),
	FIELD(BUILD_MEMORY, build_memory, INT, OMIT),
	FIELD(BUILD_NANO_CPUS, build_nano_cpus, INT, OMIT),
	FIELD(BUILD_PIDS, build_pids, INT, OMIT),
	FIELD(BUILD_TIMEOUT, build_timeout, INT, .max = 7 * DAY, OMIT),
	FIELD(BUILD_LOG, build_log, INT, OMIT),
	FIELD(RUNTIME_IMAGE, runtime_image, STRING, .min = 1,
	    .check = spec_check_image, OMIT),
	FIELD(RUNTIME_COMMAND, runtime_command, STRINGS, .min = 1,
	    .max = SPEC_ITEMS_MAX, OMIT),
	FIELD(RUNTIME_PORT, runtime_port, INT, .max = 65535, OMIT),
	FIELD(HEALTH_KIND, health_kind, ENUM, .names = spec_health_kinds, OMIT),
	FIELD(HEALTH_CHECK_URL, health_check_url, STRING,
	    .check = spec_check_path, OMIT),
	FIELD(HEALTH_CHECK_STATUS, health_check_status, INT, .max = 599, OMIT),
	FIELD(HEALTH_CHECK_TIMEOUT, health_check_timeout, INT, .max = DAY,
	    OMIT),
	FIELD(HEALTH_CHECK_INTERVAL, health_check_interval, INT, .max = DAY,
	    OMIT),
	FIELD(HEALTH_CHECK_RETRIES, health_check_retries, INT,
	    .max = 1000000, OMIT),
	FIELD(HEALTH_STAY_UP, health_stay_up, INT, .max = DAY, OMIT),
	FIELD(PROMOTE, promote, ENUM, .names = spec_promotes, OMIT),
	FIELD(SUPERSEDE, supersede, BOOL, OMIT),
	FIELD(PRIORITY, priority, INT, .min = -1000, .max = 1000, OMIT),
	FIELD(READ_ONLY, read_only, BOOL, OMIT),
	FIELD(MEMORY, memory, INT, OMIT),
	FIELD(NANO_CPUS, nano_cpus, INT, OMIT),
	FIELD(PIDS, pids, INT, OMIT),
	FIELD(ENV, env, PAIRS, .max = SPEC_ITEMS_MAX,
	    .check = spec_check_variable, OMIT),
};
/* clang-format on */

const struct schema spec_file_schema = { "cid.toml", fields, COUNT(fields),
	sizeof(struct spec_file) };
