/*
 * Names of images, in the form the engine shows them: Docker's own registry
 * and its official images go without saying.  Pure.
 */

#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "imageref.h"
#include "name.h"
#include "seal.h"

#define HUB "docker.io"

static int
is_host(const char *s, size_t len)
{
	return memchr(s, '.', len) != NULL || memchr(s, ':', len) != NULL ||
	    (len == 9 && memcmp(s, "localhost", 9) == 0);
}

/* Split off the registry.  Returns what follows. */
static const char *
take_host(const char *s, struct imageref *r)
{
	const char *slash = strchr(s, '/');

	if (slash == NULL || !is_host(s, (size_t)(slash - s))) {
		strlcpy(r->host, HUB, sizeof(r->host));
		return s;
	}
	snprintf(r->host, sizeof(r->host), "%.*s", (int)(slash - s), s);
	if (strcmp(r->host, "index." HUB) == 0)
		strlcpy(r->host, HUB, sizeof(r->host));
	return slash + 1;
}

/* Returns -1 when the text does not fit, else 0. */
static int
write_name(struct imageref *r, const char *path, size_t len)
{
	const char *library = "library/";
	int n;

	if (strcmp(r->host, HUB) != 0) {
		snprintf(r->path, sizeof(r->path), "%.*s", (int)len, path);
		n = snprintf(r->name, sizeof(r->name), "%s/%s", r->host,
		    r->path);
		return n < (int)sizeof(r->name) ? 0 : -1;
	}
	if (strncmp(path, library, strlen(library)) == 0) {
		path += strlen(library);
		len -= strlen(library);
	}
	snprintf(r->name, sizeof(r->name), "%.*s", (int)len, path);
	n = snprintf(r->path, sizeof(r->path), "%s%s",
	    strchr(r->name, '/') == NULL ? library : "", r->name);
	return n < (int)sizeof(r->path) ? 0 : -1;
}

/* Returns 0, or -1 when this names no image. */
int
imageref_parse(const char *s, struct imageref *r)
{
	const char *path, *tag, *digest;
	int n;

	memset(r, 0, sizeof(*r));
	if (!name_is_image(s) || strlen(s) >= SPEC_IMAGE_MAX / 2)
		return -1;
	path = take_host(s, r);
	digest = path + strcspn(path, "@");
	tag = path + strcspn(path, ":@");
	if (write_name(r, path, (size_t)(tag - path)) == -1)
		return -1;
	if (*digest == '@') {
		strlcpy(r->digest, digest + 1, sizeof(r->digest));
		return imageref_pin(r, r->digest, r->full);
	}
	n = snprintf(r->full, sizeof(r->full), "%s%s", r->name,
	    *tag == ':' ? tag : ":latest");
	return n < (int)sizeof(r->full) ? 0 : -1;
}

/* Write the reference that names exactly that content.  Returns 0 or -1. */
int
imageref_pin(const struct imageref *r, const char *digest,
    char buf[SPEC_IMAGE_MAX])
{
	int n = snprintf(buf, SPEC_IMAGE_MAX, "%s@%s", r->name, digest);

	return n < SPEC_IMAGE_MAX ? 0 : -1;
}

/*
 * Say whether a credential for origin, https://host[:port][/path], may be
 * sent to the registry of this image (S2).
 */
int
imageref_is_for(const struct imageref *r, const char *origin)
{
	char url[sizeof(r->host) + sizeof(r->path) + 16];

	snprintf(url, sizeof(url), "https://%s/%s", r->host, r->path);
	return seal_covers(origin, url);
}
