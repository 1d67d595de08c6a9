/*
 * The closed list of methods and paths.  What is put into a path is checked
 * against the grammar of its place first and percent-encoded after.  Pure.
 */

#include <stdio.h>
#include <string.h>

#include "docker_call.h"
#include "name.h"

#define ID_LEN 64

struct call_row {
	const char *method;
	const char *path; /* %n a as a name, %i a as an image; see add() */
};

/* %p is b as an absolute path, %i b as an image in a query, %q b as text. */
static const struct call_row rows[DOCKER_CALLS] = {
	[DOCKER_VERSION] = { "GET", "/version" },
	[DOCKER_INFO] = { "GET", "/info" },
	[DOCKER_EVENTS] = { "GET", "/events?filters=%q" },
	[DOCKER_CONTAINERS] = { "GET", "/containers/json?all=1&filters=%q" },
	[DOCKER_CONTAINER_CREATE] = { "POST", "/containers/create?name=%n" },
	[DOCKER_SHELF_CREATE] = { "POST", "/containers/create" },
	[DOCKER_CONTAINER_INSPECT] = { "GET", "/containers/%n/json" },
	[DOCKER_CONTAINER_START] = { "POST", "/containers/%n/start" },
	[DOCKER_CONTAINER_STOP] = { "POST", "/containers/%n/stop" },
	[DOCKER_CONTAINER_KILL] = { "POST", "/containers/%n/kill" },
	[DOCKER_CONTAINER_UPDATE] = { "POST", "/containers/%n/update" },
	[DOCKER_CONTAINER_REMOVE] = { "DELETE", "/containers/%n?force=1&v=1" },
	[DOCKER_CONTAINER_WAIT] = { "POST",
	    "/containers/%n/wait?condition=next-exit" },
	[DOCKER_CONTAINER_JOIN] = { "POST",
	    "/containers/%n/wait?condition=not-running" },
	[DOCKER_CONTAINER_ATTACH] = { "POST",
	    "/containers/%n/attach?stream=1&stdout=1&stderr=1" },
	[DOCKER_CONTAINER_LOGS] = { "GET",
	    "/containers/%n/logs?follow=1&stdout=1&stderr=1" },
	[DOCKER_CONTAINER_LOGGED] = { "GET",
	    "/containers/%n/logs?stdout=1&stderr=1" },
	[DOCKER_CONTAINER_TAIL] = { "GET",
	    "/containers/%n/logs?stdout=1&stderr=1&tail=20" },
	[DOCKER_ARCHIVE_PUT] = { "PUT", "/containers/%n/archive?path=%%2F" },
	[DOCKER_ARCHIVE_GET] = { "GET", "/containers/%n/archive?path=%p" },
	[DOCKER_ARCHIVE_STAT] = { "HEAD", "/containers/%n/archive?path=%p" },
	[DOCKER_IMAGES] = { "GET", "/images/json?filters=%q" },
	[DOCKER_IMAGE_INSPECT] = { "GET", "/images/%i/json" },
	[DOCKER_IMAGE_RESOLVE] = { "GET", "/distribution/%i/json" },
	[DOCKER_IMAGE_PULL] = { "POST", "/images/create?fromImage=%i" },
	[DOCKER_IMAGE_IMPORT] = { "POST",
	    "/images/create?fromSrc=-&changes=%q" },
	[DOCKER_NETWORKS] = { "GET", "/networks?filters=%q" },
	[DOCKER_NETWORK_CREATE] = { "POST", "/networks/create" },
	[DOCKER_NETWORK_INSPECT] = { "GET", "/networks/%n" },
	[DOCKER_NETWORK_REMOVE] = { "DELETE", "/networks/%n" },
	[DOCKER_VOLUMES] = { "GET", "/volumes?filters=%q" },
	[DOCKER_VOLUME_INSPECT] = { "GET", "/volumes/%n" },
	[DOCKER_VOLUME_REMOVE] = { "DELETE", "/volumes/%n" },
};

static int
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* Say whether this may name a container, network or volume, or is an id. */
int
docker_call_is_name(const char *s)
{
	size_t i;

	if (!is_alnum(s[0]))
		return 0;
	for (i = 1; s[i] != '\0'; i++) {
		if (i >= NAME_DOCKER_MAX ||
		    (!is_alnum(s[i]) && strchr("_.-", s[i]) == NULL))
			return 0;
	}
	return 1;
}

/* Say whether this is a full id: 64 hex digits, maybe after "sha256:". */
int
docker_call_is_id(const char *s)
{
	if (strncmp(s, "sha256:", 7) == 0)
		s += 7;
	return strlen(s) == ID_LEN && strspn(s, "0123456789abcdef") == ID_LEN;
}

/* An absolute path without empty, "." or ".." parts but for its end. */
static int
is_path(const char *s)
{
	const char *p;
	size_t n;

	if (s[0] != '/' || strlen(s) >= DOCKER_PATH_MAX)
		return 0;
	for (p = s + 1; *p != '\0'; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.' && p[1] != '\0') ||
		    (n == 2 && memcmp(p, "..", 2) == 0))
			return 0;
	}
	return 1;
}

static int
encode(char *buf, size_t size, const char *s, const char *plain)
{
	size_t used = 0;

	for (; *s != '\0'; s++) {
		if (size - used < 4)
			return -1;
		if (is_alnum(*s) || strchr(plain, *s) != NULL)
			buf[used++] = *s;
		else
			used += (size_t)snprintf(buf + used, size - used,
			    "%%%02X", (unsigned char)*s);
	}
	buf[used] = '\0';
	return (int)used;
}

/* Write what a % in a row stands for.  Returns its length, or -1. */
static int
add(char *buf, size_t size, char what, const char *a, const char *b)
{
	const char *image = a != NULL ? a : b;

	switch (what) {
	case 'n':
		if (a == NULL || !docker_call_is_name(a))
			return -1;
		return encode(buf, size, a, "_.-");
	case 'i':
		if (image == NULL ||
		    (!docker_call_is_id(image) && !name_is_image(image)))
			return -1;
		return encode(buf, size, image, "_.-/:@");
	case 'p':
		return b == NULL || !is_path(b) ? -1
						: encode(buf, size, b, "_.-/~");
	case 'q':
		return b == NULL ? -1 : encode(buf, size, b, "_.-~");
	default: /* %% */
		return snprintf(buf, size, "%%");
	}
}

const char *
docker_call_method(enum docker_call call)
{
	return rows[call].method;
}

/*
 * Write the target of a request.  version is "1.41" or "", which leaves the
 * choice to the engine.  Returns 0, or -1 when a or b is missing, too long,
 * or not what its place allows.
 */
int
docker_call_path(enum docker_call call, const char *version, const char *a,
    const char *b, char buf[DOCKER_PATH_MAX])
{
	const char *p;
	size_t used;
	int n;

	n = snprintf(buf, DOCKER_PATH_MAX, "%s%s", *version ? "/v" : "",
	    version);
	if (n < 0 || n >= 32)
		return -1;
	used = (size_t)n;
	for (p = rows[call].path; *p != '\0'; p++) {
		if (DOCKER_PATH_MAX - used < 2)
			return -1;
		if (*p != '%') {
			buf[used++] = *p;
			continue;
		}
		n = add(buf + used, DOCKER_PATH_MAX - used, *++p, a, b);
		if (n < 0)
			return -1;
		used += (size_t)n;
	}
	buf[used] = '\0';
	return 0;
}
