/*
 * Credentials and secrets of a project: sealed for cid-builder the moment
 * they arrive, and never opened here.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "conf.h"
#include "db_env.h"
#include "db_project.h"
#include "log.h"
#include "pairs.h"
#include "project_input.h"
#include "project_secret.h"
#include "request.h"
#include "rest_url.h"
#include "seal.h"

#define KIND_GIT 0
#define KIND_REGISTRY 1
#define CREDENTIAL_VERSION 1

/* The rest of c says what for; the project and this cid are added. */
static char *
seal(const struct project *p, struct seal_context *c, const char *value)
{
	char *box;

	c->project_id = (uint64_t)p->id;
	strlcpy(c->instance, conf_get()->instance, sizeof(c->instance));
	box = seal_make(conf_get()->builder_key, c, value, strlen(value));
	if (box == NULL)
		log_warnx("project %s: sealing failed", p->name);
	return box;
}

static int
put_credential(const struct project *p, int kind, const char *origin,
    const char *value)
{
	struct seal_context what;
	struct credential c;
	int ret;

	memset(&what, 0, sizeof(what));
	what.kind = kind == KIND_GIT ? SEAL_GIT : SEAL_REGISTRY;
	what.version = CREDENTIAL_VERSION;
	strlcpy(what.origin, origin, sizeof(what.origin));
	memset(&c, 0, sizeof(c));
	c.project_id = p->id;
	c.kind = kind;
	c.version = CREDENTIAL_VERSION;
	strlcpy(c.origin, origin, sizeof(c.origin));
	if ((c.box = seal(p, &what, value)) == NULL)
		return -1;
	ret = db_credential_put(&c);
	free(c.box);
	return ret;
}

static int
put_login(const struct project *p, const struct project_login *l)
{
	char origin[URL_MAX], *value;
	size_t size;
	int ret;

	if (url_registry(l->server, origin) == NULL)
		return -1;
	size = strlen(l->user) + strlen(l->password) + 2;
	if ((value = malloc(size)) == NULL)
		return -1;
	strlcpy(value, l->user, size);
	strlcat(value, ":", size);
	strlcat(value, l->password, size);
	ret = put_credential(p, KIND_REGISTRY, origin, value);
	explicit_bzero(value, size);
	free(value);
	return ret;
}

static int
put_logins(const struct project *p, const struct schema_list *l)
{
	const struct project_login *logins = l->items;
	size_t i;

	if (db_credential_drop(p->id, KIND_REGISTRY) == -1)
		return -1;
	for (i = 0; i < l->len; i++) {
		if (put_login(p, &logins[i]) == -1)
			return -1;
	}
	return 0;
}

int
project_seal_credentials(const struct project *p,
    const struct project_input *in, uint64_t present)
{
	/* A token is bound to the address it was given for. */
	if ((PROJECT_HAS(present, GIT_TOKEN) || PROJECT_HAS(present, REPO)) &&
	    db_credential_drop(p->id, KIND_GIT) == -1)
		return -1;
	if (PROJECT_HAS(present, GIT_TOKEN) && in->git_token[0] != '\0' &&
	    put_credential(p, KIND_GIT, p->repo_url, in->git_token) == -1)
		return -1;
	if (PROJECT_HAS(present, REGISTRY_AUTH))
		return put_logins(p, &in->registry_auth);
	return 0;
}

static int
add_secret(const struct project *p, const struct environment *e,
    const struct env_version *v, const char *name, const char *value)
{
	struct seal_context what;
	struct secret s;
	int ret;

	memset(&what, 0, sizeof(what));
	what.kind = SEAL_ENV;
	what.version = (uint32_t)v->version;
	what.scope = SEAL_BUILD | SEAL_RUN;
	strlcpy(what.environment, e->name, sizeof(what.environment));
	strlcpy(what.name, name, sizeof(what.name));
	memset(&s, 0, sizeof(s));
	s.env_version_id = v->id;
	s.version = v->version;
	s.scope = SEAL_BUILD | SEAL_RUN;
	strlcpy(s.name, name, sizeof(s.name));
	if ((s.box = seal(p, &what, value)) == NULL)
		return -1;
	ret = db_secret_add(&s);
	free(s.box);
	return ret;
}

/* Secrets that the request does not name stay as they are. */
static int
keep_secrets(const struct environment *e, const struct env_version *v,
    const struct schema_list *named)
{
	struct schema_list old;
	struct spec_sealed *items;
	struct secret s;
	size_t i;
	int ret;

	ret =
	    db_env_secrets(e->id, v->version - 1, SEAL_BUILD | SEAL_RUN, &old);
	items = old.items;
	for (i = 0; i < old.len && ret == 0; i++) {
		if (pairs_get(named, items[i].name) != NULL)
			continue;
		memset(&s, 0, sizeof(s));
		s.env_version_id = v->id;
		s.version = items[i].version;
		s.scope = items[i].scope;
		s.box = items[i].box;
		strlcpy(s.name, items[i].name, sizeof(s.name));
		ret = db_secret_add(&s);
	}
	db_sealed_free(items, old.len);
	free(items);
	return ret;
}

static int
put_secrets(const struct project *p, const struct environment *e,
    const struct env_version *v, const struct schema_list *secrets)
{
	char *const *items = secrets->items;
	size_t i;

	if (keep_secrets(e, v, secrets) == -1)
		return -1;
	for (i = 0; i + 1 < secrets->len; i += 2) {
		if (items[i + 1][0] != '\0' &&
		    add_secret(p, e, v, items[i], items[i + 1]) == -1)
			return -1;
	}
	return 0;
}

/* A new version of the variables: the given ones, or those before. */
int
project_seal_variables(const struct project *p, const struct environment *e,
    const struct project_input *in, uint64_t present, const struct actor *who)
{
	struct env_version v, before;
	int found, ret;

	if (e->env_version != 0 && !PROJECT_HAS(present, ENV) &&
	    !PROJECT_HAS(present, SECRETS))
		return 0;
	if ((found = db_env_version_get(e->id, e->env_version, &before)) == -1)
		return -1;
	memset(&v, 0, sizeof(v));
	v.environment_id = e->id;
	strlcpy(v.created_by, who->name, sizeof(v.created_by));
	v.env = PROJECT_HAS(present, ENV) ? in->env : before.env;
	ret = db_env_version_add(&v);
	if (found == 1)
		db_env_version_free(&before);
	return ret == -1 ? -1 : put_secrets(p, e, &v, &in->secrets);
}
