#ifndef CID_PROJECT_INPUT_H
#define CID_PROJECT_INPUT_H

#include <stdint.h>

#include "db_project.h"
#include "schema.h"

struct json_object;

/* A registry's login as a person gives it. */
struct project_login {
	char server[256];
	char user[256];
	char *password;
};

/*
 * What may be said of a project; the settings come first, so that one table
 * serves reading and answering.  What follows is written only.
 */
struct project_input {
	struct project p;
	char *git_token;		  /* "" takes it away */
	struct schema_list registry_auth; /* struct project_login */
	char *webhook_secret;
	struct schema_list env;	    /* name, value, ... */
	struct schema_list secrets; /* the same; "" takes one away */
};

enum project_field {
	PROJECT_NAME,
	PROJECT_REPO,
	PROJECT_BRANCH,
	PROJECT_PATH_FILTER,
	PROJECT_WORKING_DIRECTORY,
	PROJECT_BUILD_TYPE,
	PROJECT_BUILD_IMAGE,
	PROJECT_BUILD_COMMAND,
	PROJECT_CACHE_TYPE,
	PROJECT_CACHE_PATHS,
	PROJECT_NETWORK,
	PROJECT_BUILD_MEMORY,
	PROJECT_BUILD_NANO_CPUS,
	PROJECT_BUILD_PIDS,
	PROJECT_BUILD_TIMEOUT,
	PROJECT_BUILD_LOG,
	PROJECT_RUNTIME_IMAGE,
	PROJECT_RUNTIME_COMMAND,
	PROJECT_RUNTIME_PORT,
	PROJECT_HEALTH_KIND,
	PROJECT_HEALTH_CHECK_URL,
	PROJECT_HEALTH_CHECK_STATUS,
	PROJECT_HEALTH_CHECK_TIMEOUT,
	PROJECT_HEALTH_CHECK_INTERVAL,
	PROJECT_HEALTH_CHECK_RETRIES,
	PROJECT_HEALTH_STAY_UP,
	PROJECT_PROMOTE,
	PROJECT_SUPERSEDE,
	PROJECT_PRIORITY,
	PROJECT_READ_ONLY,
	PROJECT_MEMORY,
	PROJECT_NANO_CPUS,
	PROJECT_PIDS,
	PROJECT_SETTINGS,
	PROJECT_GIT_TOKEN = PROJECT_SETTINGS,
	PROJECT_REGISTRY_AUTH,
	PROJECT_WEBHOOK_SECRET,
	PROJECT_ENV,
	PROJECT_SECRETS,
	PROJECT_FIELDS
};

#define PROJECT_HAS(present, field) \
	(((present) & (uint64_t)1 << PROJECT_##field) != 0)

extern const struct schema project_input_schema;
extern const struct schema project_settings_schema; /* of struct project */

/* A command may be a string, which a shell in its container runs. */
void project_prepare(struct json_object *);
struct json_object *project_settings(const struct project *);

void project_defaults(struct project *, uint64_t present);
/* Move the settings that are present from one to the other. */
void project_take(struct project *, struct project *from, uint64_t present);

#endif /* CID_PROJECT_INPUT_H */
