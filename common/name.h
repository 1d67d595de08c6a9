#ifndef CID_NAME_H
#define CID_NAME_H

#include <stddef.h>
#include <stdint.h>

#define NAME_PROJECT_MAX 41 /* with the NUL */
#define NAME_ENV_MAX 17
#define NAME_DOCKER_MAX 128 /* of any object that cid makes */
#define NAME_BRANCH_MAX 256
#define NAME_COMMIT_MAX 65 /* hex of SHA-1 or SHA-256 */

/* What is wrong with a name, for the user. */
enum name_error {
	NAME_OK,
	NAME_EMPTY,
	NAME_LONG,
	NAME_CHARACTER,
	NAME_HYPHEN, /* at an end, or doubled */
	NAME_RESERVED
};

enum name_error name_check_project(const char *);
enum name_error name_check_env(const char *);
const char *name_strerror(enum name_error);
int name_is_branch(const char *); /* git-check-ref-format(1) */
int name_is_commit(const char *); /* 40 or 64 lower-case hex digits */
int name_is_image(const char *);  /* reference grammar of the registry */

/*
 * The one place where names are made.  Each writes buf[NAME_DOCKER_MAX] and
 * returns it; ids are decimal.  instance is the uuid; names that could meet
 * those of another cid on the same engine carry its first 8 digits.
 */
const char *name_slot(char *, const char *project, const char *env,
    uint32_t slot); /* {project}-{environment}-{slot} */
const char *
name_build(char *, const char *instance, uint64_t project_id, uint32_t number);
const char *name_env_network(char *, const char *instance, uint64_t env_id);
const char *name_build_network(char *, const char *instance,
    uint64_t project_id, uint32_t number);
const char *name_bridge(char *, const char *instance, uint32_t net);
const char *
name_output(char *, const char *instance, uint64_t project_id, uint32_t number);
const char *name_cache(char *, const char *instance, uint64_t project_id,
    int trusted, const char *type);
const char *name_of_slot(uint32_t slot); /* "blue", "green" */

#endif /* CID_NAME_H */
