/*
 * Names: which ones people may choose, and the one place where those of
 * containers, networks, bridges and volumes are made.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "msg_release.h"
#include "name.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz" DIGITS

/* Path prefixes, host labels and slots that are cid's own (S11). */
static const char *const reserved[] = {
	"admin",
	"api",
	"blue",
	"cid",
	"green",
	"health",
	"localhost",
	"mail",
	"metrics",
	"webhook",
	"ws",
	"www",
};

/* Names of environments, so that no project is taken for one. */
static const char *const environments[] = {
	"development",
	"preview",
	"production",
	"staging",
};

static int
is_listed(const char *const *list, size_t len, const char *name)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (strcmp(list[i], name) == 0)
			return 1;
	}
	return 0;
}

static int
is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, DIGITS)] == '\0';
}

static int
is_reserved(const char *name)
{
	return is_listed(reserved, sizeof(reserved) / sizeof(reserved[0]),
	    name);
}

static int
is_environment(const char *name)
{
	if (is_listed(environments,
		sizeof(environments) / sizeof(environments[0]), name))
		return 1;
	return strncmp(name, "pr", 2) == 0 && is_number(name + 2);
}

/*
 * A project's name is a label of a host, a segment of a path, and part of
 * container names; where a number is expected it is told from one.
 */
enum name_error
name_check_project(const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		return NAME_EMPTY;
	if (len >= NAME_PROJECT_MAX)
		return NAME_LONG;
	if (name[strspn(name, LOWER "-")] != '\0')
		return NAME_CHARACTER;
	if (name[0] == '-' || name[len - 1] == '-' ||
	    strstr(name, "--") != NULL)
		return NAME_HYPHEN;
	if (is_reserved(name) || is_environment(name) || is_number(name))
		return NAME_RESERVED;
	return NAME_OK;
}

enum name_error
name_check_env(const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		return NAME_EMPTY;
	if (len >= NAME_ENV_MAX)
		return NAME_LONG;
	if (name[strspn(name, LOWER)] != '\0')
		return NAME_CHARACTER;
	if (is_reserved(name))
		return NAME_RESERVED;
	return NAME_OK;
}

/* What is wrong, to follow a field's name; "" for NAME_OK. */
const char *
name_strerror(enum name_error e)
{
	switch (e) {
	case NAME_OK:
		return "";
	case NAME_EMPTY:
		return "is empty";
	case NAME_LONG:
		return "is too long";
	case NAME_CHARACTER:
		return "has other characters than are allowed";
	case NAME_HYPHEN:
		return "has a hyphen at an end, or two in a row";
	case NAME_RESERVED:
		return "is a word, or a number, that cid uses itself";
	}
	return "is not a name";
}

/* One part of a ref between slashes. */
static int
is_ref_part(const char *s, size_t len)
{
	if (len == 0 || s[0] == '.')
		return 0;
	return len < 5 || memcmp(s + len - 5, ".lock", 5) != 0;
}

/* The rules of git-check-ref-format(1) for what follows refs/heads/. */
int
name_is_branch(const char *s)
{
	const char *p, *part;
	size_t len = strlen(s);

	if (len == 0 || len >= NAME_BRANCH_MAX || s[0] == '-' ||
	    s[len - 1] == '.' || strcmp(s, "@") == 0 || strcmp(s, "HEAD") == 0)
		return 0;
	if (strstr(s, "..") != NULL || strstr(s, "@{") != NULL)
		return 0;
	for (p = s; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f ||
		    strchr("~^:?*[\\", *p) != NULL)
			return 0;
	}
	for (part = s;; part = p + 1) {
		p = part + strcspn(part, "/");
		if (!is_ref_part(part, (size_t)(p - part)))
			return 0;
		if (*p == '\0')
			return 1;
	}
}

int
name_is_commit(const char *s)
{
	size_t len = strspn(s, "0123456789abcdef");

	return s[len] == '\0' && (len == 40 || len == 64);
}

const char *
name_of_slot(uint32_t slot)
{
	static const char *const names[SLOTS] = {
		[SLOT_BLUE] = "blue",
		[SLOT_GREEN] = "green",
	};

	return slot < SLOTS ? names[slot] : "unknown";
}

const char *
name_slot(char *buf, const char *project, const char *env, uint32_t slot)
{
	snprintf(buf, NAME_DOCKER_MAX, "%s-%s-%s", project, env,
	    name_of_slot(slot));
	return buf;
}

/* The container of a build. */
const char *
name_build(char *buf, const char *instance, uint64_t project_id,
    uint32_t number)
{
	snprintf(buf, NAME_DOCKER_MAX, "cid-%.8s-build-%" PRIu64 "-%" PRIu32,
	    instance, project_id, number);
	return buf;
}

const char *
name_env_network(char *buf, const char *instance, uint64_t env_id)
{
	snprintf(buf, NAME_DOCKER_MAX, "cid-%.8s-env-%" PRIu64, instance,
	    env_id);
	return buf;
}

const char *
name_build_network(char *buf, const char *instance, uint64_t project_id,
    uint32_t number)
{
	return name_build(buf, instance, project_id, number);
}

/*
 * The interface of an environment's network, as etc/cid.nft matches it.  An
 * interface's name has at most 15 bytes: any net below 2^24 fits.
 */
const char *
name_bridge(char *buf, const char *instance, uint32_t net)
{
	snprintf(buf, NAME_DOCKER_MAX, "cid-%.4s-%" PRIx32, instance, net);
	return buf;
}

/* The volume with what a build left in /output. */
const char *
name_output(char *buf, const char *instance, uint64_t project_id,
    uint32_t number)
{
	snprintf(buf, NAME_DOCKER_MAX, "cid-%.8s-output-%" PRIu64 "-%" PRIu32,
	    instance, project_id, number);
	return buf;
}

/* The volume with a cache; trust keeps branches and strangers apart (S5). */
const char *
name_cache(char *buf, const char *instance, uint64_t project_id, int trusted,
    const char *type)
{
	snprintf(buf, NAME_DOCKER_MAX, "cid-%.8s-cache-%" PRIu64 "-%s-%s",
	    instance, project_id, trusted ? "trusted" : "other", type);
	return buf;
}
