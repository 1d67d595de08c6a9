/*
 * The caches that a kind of build has: which directories are kept from one
 * build of a project to the next.  Pure.
 */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "env.h"
#include "name.h"
#include "spec.h"
#include "template.h"

struct row {
	const char *type;   /* of the spec */
	const char *volume; /* part of its name */
	const char *path;
	const char *variable; /* that leads the tool there; NULL: none needed */
};

static const struct row rows[] = {
	{ "gradle", "gradle", "/root/.gradle", NULL },
	{ "maven", "maven", "/root/.m2", NULL },
	{ "npm", "npm", "/root/.npm", NULL },
	{ "pnpm", "pnpm", "/root/.local/share/pnpm/store",
	    "npm_config_store_dir" },
	{ "yarn", "yarn", "/root/.cache/yarn", "YARN_CACHE_FOLDER" },
	{ "pip", "pip", "/root/.cache/pip", NULL },
	{ "cargo", "cargo", "/usr/local/cargo/registry", NULL },
	{ "go", "go", "/root/go/pkg/mod", "GOMODCACHE" },
	{ "go", "go-build", "/root/.cache/go-build", "GOCACHE" },
	{ "composer", "composer", "/root/.cache/composer",
	    "COMPOSER_CACHE_DIR" },
};

static enum reason
add(struct template *t, const struct spec_build *s, const char *type,
    const char *path)
{
	char name[NAME_DOCKER_MAX];

	name_cache(name, t->label.instance, t->label.project_id, s->trusted,
	    type);
	return template_add_mount(t, name, path, LABEL_CACHE, 0);
}

/* Own paths get volumes named after them, by 64-bit FNV-1a. */
static enum reason
add_paths(struct template *t, const struct spec_build *s)
{
	char *const *paths = s->cache_paths.items;
	char type[32];
	const char *p;
	enum reason reason;
	uint64_t hash;
	size_t i;

	for (i = 0; i < s->cache_paths.len; i++) {
		hash = 0xcbf29ce484222325;
		for (p = paths[i]; *p != '\0'; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
		snprintf(type, sizeof(type), "path-%016" PRIx64, hash);
		if ((reason = add(t, s, type, paths[i])) != REASON_NONE)
			return reason;
	}
	return REASON_NONE;
}

static int
is_row(size_t i, const struct spec_build *s)
{
	return strcmp(rows[i].type, s->cache_type) == 0;
}

/* Set the variables that lead a build's tools to their caches. */
enum reason
cache_set_env(struct env *e, const struct spec_build *s)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (is_row(i, s) && rows[i].variable != NULL &&
		    env_set(e, rows[i].variable, rows[i].path,
			strlen(rows[i].path)) == -1)
			return REASON_SPEC_INVALID;
	}
	return REASON_NONE;
}

/* Mount the caches of a build. */
enum reason
cache_mount(struct template *t, const struct spec_build *s)
{
	enum reason reason;
	size_t i, found = 0;

	if (*s->cache_type == '\0' || strcmp(s->cache_type, "none") == 0)
		return REASON_NONE;
	if (strcmp(s->cache_type, "paths") == 0)
		return add_paths(t, s);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!is_row(i, s))
			continue;
		reason = add(t, s, rows[i].volume, rows[i].path);
		if (reason != REASON_NONE)
			return reason;
		found++;
	}
	return found > 0 ? REASON_NONE : REASON_SPEC_INVALID;
}
