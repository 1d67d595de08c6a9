/*
 * The newest variables and credentials of an environment.
 */

#include <stdlib.h>
#include <string.h>

#include "db_env.h"
#include "db_project.h"
#include "pairs.h"
#include "vars.h"

static int
load_plain(struct vars *v, const struct environment *e)
{
	struct env_version row;
	int found;

	v->version = e->env_version;
	if (v->version == 0)
		return 0;
	found = db_env_version_get(e->id, v->version, &row);
	if (found != 1)
		return found;
	v->plain = row.env;
	memset(&row.env, 0, sizeof(row.env));
	db_env_version_free(&row);
	return 0;
}

static void
free_sealed(struct schema_list *l)
{
	db_sealed_free(l->items, l->len);
	free(l->items);
}

/* scope is of enum seal_scope.  Returns 0, or -1 with nothing to free. */
int
vars_load(struct vars *v, const struct environment *e, int64_t scope)
{
	memset(v, 0, sizeof(*v));
	if (load_plain(v, e) == 0 &&
	    db_env_secrets(e->id, v->version, scope, &v->sealed) != -1 &&
	    db_credential_registries(e->project_id, &v->registries) != -1)
		return 0;
	vars_free(v);
	return -1;
}

void
vars_free(struct vars *v)
{
	pairs_free(&v->plain);
	free_sealed(&v->sealed);
	free_sealed(&v->registries);
	memset(v, 0, sizeof(*v));
}
