#ifndef CID_DB_ENV_H
#define CID_DB_ENV_H

#include <stdint.h>

#include "name.h"
#include "schema.h"

struct db_table;

struct environment {
	int64_t id;
	int64_t project_id;
	char name[NAME_ENV_MAX];
	char branch[NAME_BRANCH_MAX]; /* mapped to it */
	int64_t net;		      /* number in the address pool */
	int is_protected;
	int64_t env_version; /* the newest of its variables */
	int64_t created_ms;
};

/* Variables as they were in one version; secrets are in a table beside. */
struct env_version {
	int64_t id;
	int64_t environment_id;
	int64_t version;
	struct schema_list env; /* name, value, ... */
	int64_t created_ms;
	char created_by[128];
};

struct secret {
	int64_t id;
	int64_t env_version_id;
	char name[256];
	int64_t version; /* in which it was sealed */
	int64_t scope;	 /* of enum seal_scope */
	char *box;
};

extern const struct db_table environment_table;
extern const struct db_table env_version_table;
extern const struct db_table secret_table;

/* 1 found, 0 not, -1 error. Nothing in a struct environment needs freeing. */
int db_env_get(int64_t id, struct environment *);
int db_env_find(int64_t project_id, const char *name, struct environment *);
int
db_env_each_of(int64_t project_id, int (*)(void *environment, void *), void *);

/*
 * Add an environment with its two empty slots and its network: the free
 * number after the last one given, so that none is used again soon.  -1
 * with errno ERANGE when all nets are taken.
 */
int db_env_add(struct environment *, uint32_t nets);
int db_env_save(const struct environment *);

/* Variables.  A new version becomes the environment's newest. */
int db_env_version_add(struct env_version *);
int db_env_version_get(int64_t environment_id, int64_t version,
    struct env_version *);
void db_env_version_free(struct env_version *);
int db_secret_add(struct secret *);
/* struct spec_sealed each, with the wanted scope; db_sealed_free(). */
int db_env_secrets(int64_t environment_id, int64_t version, int64_t scope,
    struct schema_list *);

#endif /* CID_DB_ENV_H */
