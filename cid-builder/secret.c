/*
 * Opens what is sealed to the builder, each value only for the one thing it
 * is sealed for (S2).  The only file that knows the secret key.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <json-c/json.h>
#include <sodium.h>

#include "conf.h"
#include "env.h"
#include "imageref.h"
#include "log.h"
#include "mask.h"
#include "secret.h"
#include "spec.h"

static uint8_t key[CONF_KEY_LEN];

/* Take the secret key from the descriptor.  Returns 0, or -1 after logging. */
int
secret_load(int fd)
{
	if (pread(fd, key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		log_warnx("the secret key can't be read");
		return -1;
	}
	sodium_mlock(key, sizeof(key));
	return 0;
}

/* c says what the value is about to be used for; the rest is added. */
static int
open_box(const struct spec_sealed *s, struct seal_context *c, char **value,
    size_t *len)
{
	if (s->box == NULL)
		return -1;
	c->version = (uint32_t)s->version;
	strlcpy(c->instance, conf()->instance, sizeof(c->instance));
	strlcpy(c->name, s->name, sizeof(c->name));
	strlcpy(c->origin, s->origin, sizeof(c->origin));
	return seal_open(conf()->key, key, s->box, c, value, len);
}

/*
 * Open each secret that is meant for scope into the environment, and have
 * the mask (NULL: none) hide it.  Returns 0, or -1 after logging the name of
 * one that can't be used.
 */
int
secret_add_env(struct env *e, struct mask *m, const struct schema_list *list,
    uint64_t project_id, const char *environment, enum seal_scope scope)
{
	const struct spec_sealed *s = list->items;
	struct seal_context c;
	char *value;
	size_t i, len;
	int bad;

	for (i = 0; i < list->len; i++) {
		if (!((uint32_t)s[i].scope & scope))
			continue;
		memset(&c, 0, sizeof(c));
		c.kind = SEAL_ENV;
		c.project_id = project_id;
		c.scope = scope;
		strlcpy(c.environment, environment, sizeof(c.environment));
		if (open_box(&s[i], &c, &value, &len) == -1) {
			log_warnx("project %" PRIu64 ": secret %s is not for "
				  "environment %s",
			    project_id, s[i].name, environment);
			return -1;
		}
		bad = env_set(e, s[i].name, value, len) == -1 ||
		    (m != NULL && mask_add(m, value, len) == -1);
		freezero(value, len + 1);
		if (bad)
			return -1;
	}
	return 0;
}

/* The names of all of them, separated by commas; for free(). */
char *
secret_names(const struct schema_list *list)
{
	const struct spec_sealed *s = list->items;
	size_t i, size = 1;
	char *names;

	for (i = 0; i < list->len; i++)
		size += strlen(s[i].name) + 1;
	if ((names = calloc(1, size)) == NULL)
		return NULL;
	for (i = 0; i < list->len; i++) {
		if (i > 0)
			strlcat(names, ",", size);
		strlcat(names, s[i].name, size);
	}
	return names;
}

static void
add_text(struct json_object *o, const char *name, const char *s, size_t len)
{
	json_object_object_add(o, name,
	    json_object_new_string_len(s, (int)len));
}

/* The header's value: the URL-safe base64 of a JSON object. */
static char *
auth_header(const struct imageref *r, const char *value, size_t len)
{
	struct json_object *o;
	const char *colon = memchr(value, ':', len), *text;
	size_t n, size;
	char *header;

	if (colon == NULL)
		return NULL;
	n = (size_t)(colon - value);
	o = json_object_new_object();
	add_text(o, "username", value, n);
	add_text(o, "password", colon + 1, len - n - 1);
	add_text(o, "serveraddress", r->host, strlen(r->host));
	text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &n);
	size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE);
	if ((header = malloc(size)) != NULL)
		sodium_bin2base64(header, size, (const unsigned char *)text, n,
		    sodium_base64_VARIANT_URLSAFE);
	json_object_put(o);
	return header;
}

/*
 * The credential for the registry of this image as its request header, for
 * freezero().  NULL: the project has none for that place.
 */
char *
secret_registry(const struct schema_list *list, const struct imageref *r,
    uint64_t project_id)
{
	const struct spec_sealed *s = list->items;
	struct seal_context c;
	char *value, *header;
	size_t i, len;

	for (i = 0; i < list->len; i++) {
		if (!imageref_is_for(r, s[i].origin))
			continue;
		memset(&c, 0, sizeof(c));
		c.kind = SEAL_REGISTRY;
		c.project_id = project_id;
		if (open_box(&s[i], &c, &value, &len) == -1) {
			log_warnx("project %" PRIu64 ": the credential for %s "
				  "can't be opened",
			    project_id, s[i].origin);
			continue;
		}
		header = auth_header(r, value, len);
		freezero(value, len + 1);
		if (header != NULL)
			return header;
	}
	return NULL;
}

/*
 * The token for fetching from repo, for freezero(), "" when the project has
 * none.  Returns NULL after logging when there is one but not for that.
 */
char *
secret_git(const struct spec_sealed *s, const char *repo, uint64_t project_id)
{
	struct seal_context c;
	char *value;
	size_t len;

	memset(&c, 0, sizeof(c));
	c.kind = SEAL_GIT;
	c.project_id = project_id;
	if (s->box == NULL || *s->box == '\0')
		return strdup("");
	if (!seal_covers(s->origin, repo) ||
	    open_box(s, &c, &value, &len) == -1) {
		log_warnx("project %" PRIu64 ": the git credential is not for "
			  "this repository",
		    project_id);
		return NULL;
	}
	return value;
}
