#ifndef CID_SPEC_FILE_H
#define CID_SPEC_FILE_H

#include <stdint.h>

#include "name.h"
#include "schema.h"
#include "spec.h"

/*
 * What cid.toml says, as canonical JSON: an object with a project's fields
 * as the HTTP API names them, only those that the file sets.  Which these
 * are is in the bits that schema_parse() gives; bit SPEC_FILE_x is field x.
 * Durations are seconds, sizes bytes.
 */
enum spec_file_field {
	SPEC_FILE_NAME,
	SPEC_FILE_REPO,
	SPEC_FILE_BRANCH,
	SPEC_FILE_PATH_FILTER,
	SPEC_FILE_WORKING_DIRECTORY,
	SPEC_FILE_BUILD_TYPE,
	SPEC_FILE_BUILD_IMAGE,
	SPEC_FILE_BUILD_COMMAND,
	SPEC_FILE_CACHE_TYPE,
	SPEC_FILE_CACHE_PATHS,
	SPEC_FILE_NETWORK,
	SPEC_FILE_BUILD_MEMORY,
	SPEC_FILE_BUILD_NANO_CPUS,
	SPEC_FILE_BUILD_PIDS,
	SPEC_FILE_BUILD_TIMEOUT,
	SPEC_FILE_BUILD_LOG,
	SPEC_FILE_RUNTIME_IMAGE,
	SPEC_FILE_RUNTIME_COMMAND,
	SPEC_FILE_RUNTIME_PORT,
	SPEC_FILE_HEALTH_KIND,
	SPEC_FILE_HEALTH_CHECK_URL,
	SPEC_FILE_HEALTH_CHECK_STATUS,
	SPEC_FILE_HEALTH_CHECK_TIMEOUT,
	SPEC_FILE_HEALTH_CHECK_INTERVAL,
	SPEC_FILE_HEALTH_CHECK_RETRIES,
	SPEC_FILE_HEALTH_STAY_UP,
	SPEC_FILE_PROMOTE,
	SPEC_FILE_SUPERSEDE,
	SPEC_FILE_PRIORITY,
	SPEC_FILE_READ_ONLY,
	SPEC_FILE_MEMORY,
	SPEC_FILE_NANO_CPUS,
	SPEC_FILE_PIDS,
	SPEC_FILE_ENV,
	SPEC_FILE_FIELDS
};

#define SPEC_FILE_HAS(present, field) \
	(((present) & (uint64_t)1 << SPEC_FILE_##field) != 0)

struct spec_file {
	char name[NAME_PROJECT_MAX];
	char repo[SPEC_URL_MAX];
	char branch[NAME_BRANCH_MAX];
	char path_filter[1025];
	char working_directory[SPEC_PATH_MAX];
	int build_type; /* enum build_type */
	char build_image[SPEC_IMAGE_MAX];
	struct schema_list build_command; /* argv */
	char cache_type[16];
	struct schema_list cache_paths;
	int network;
	int64_t build_memory;
	int64_t build_nano_cpus;
	int64_t build_pids;
	int64_t build_timeout;
	int64_t build_log;
	char runtime_image[SPEC_IMAGE_MAX];
	struct schema_list runtime_command; /* argv */
	int64_t runtime_port;
	int health_kind; /* enum health_kind */
	char health_check_url[1024];
	int64_t health_check_status;
	int64_t health_check_timeout;
	int64_t health_check_interval;
	int64_t health_check_retries;
	int64_t health_stay_up;
	int promote; /* 0 auto, 1 manual */
	int supersede;
	int64_t priority;
	int read_only;
	int64_t memory;
	int64_t nano_cpus;
	int64_t pids;
	struct schema_list env; /* name, value, ... */
};

extern const char *const spec_promotes[]; /* "auto", "manual", NULL */
extern const struct schema spec_file_schema;

#endif /* CID_SPEC_FILE_H */
