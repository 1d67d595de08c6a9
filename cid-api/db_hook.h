#ifndef CID_DB_HOOK_H
#define CID_DB_HOOK_H

#include <stdint.h>

#include "spec.h"

struct db_table;

enum forge {
	FORGE_GITHUB,
	FORGE_GITEA,
	FORGE_GITLAB,
	FORGE_BITBUCKET,
	FORGE_GENERIC,
	FORGES
};

#define HOOK_ID_MAX 48	   /* of the address */
#define HOOK_SECRET_MAX 72 /* hex of 32 random bytes, or the user's own */

struct hook {
	int64_t id;
	int64_t team_id;
	int forge;
	char url_id[HOOK_ID_MAX];
	char secret[HOOK_SECRET_MAX];
	char repo_url[SPEC_URL_MAX];
	int64_t created_ms;
};

extern const struct db_table hook_table;
extern const char *const forge_names[];

/* 1 found, 0 not, -1 error.  Nothing in it needs freeing. */
int db_hook_find(int forge, const char *url_id, struct hook *);
int db_hook_of_project(int64_t project_id, int forge, struct hook *);

/*
 * Bind a project to its team's hook for its repository, made with a random
 * address and secret when there is none yet.
 */
int db_hook_bind(int64_t team_id, int64_t project_id, int forge,
    const char *repo_url, struct hook *);
int db_hook_unbind(int64_t project_id); /* from all, then prunes */
int db_hook_set_secret(int64_t id, const char *secret);
/* Hooks that no project is bound to any more go. */
int db_hook_prune(void);

#endif /* CID_DB_HOOK_H */
