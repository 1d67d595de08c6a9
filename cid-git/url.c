/*
 * Which addresses may be fetched from, and whom a credential is for.  Pure;
 * stricter than libgit2, so that both take an address apart alike.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "url.h"

#define HTTPS "https://"

static int
is_path_char(unsigned char c)
{
	return isalnum(c) || strchr("-._~!$&'()*+,;=:@/%", c) != NULL;
}

/* Copy what lies between p and end, in lower case. */
static int
copy_host(char *to, const char *p, const char *end)
{
	size_t i, len = (size_t)(end - p);

	if (len == 0 || len >= URL_HOST_MAX)
		return -1;
	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)p[i]) &&
		    strchr("-.:_", p[i]) == NULL)
			return -1;
		to[i] = (char)tolower((unsigned char)p[i]);
	}
	to[len] = '\0';
	return 0;
}

/* host, host:port or [address]:port, up to end. */
static int
parse_host(const char *p, const char *end, struct url *u)
{
	const char *colon, *err;
	char port[8];
	size_t len;

	if (*p == '[') {
		colon = memchr(p, ']', (size_t)(end - p));
		if (colon == NULL || copy_host(u->host, p + 1, colon) == -1)
			return -1;
		colon++;
	} else {
		colon = memchr(p, ':', (size_t)(end - p));
		colon = colon == NULL ? end : colon;
		if (copy_host(u->host, p, colon) == -1)
			return -1;
	}
	u->port_number = 443;
	strlcpy(u->port, "443", sizeof(u->port));
	if (colon == end)
		return 0;
	len = (size_t)(end - colon - 1);
	if (*colon != ':' || len == 0 || len > 5)
		return -1;
	memcpy(port, colon + 1, len);
	port[len] = '\0';
	if (strspn(port, "0123456789") != len)
		return -1;
	u->port_number = (uint32_t)strtonum(port, 1, 65535, &err);
	snprintf(u->port, sizeof(u->port), "%u", u->port_number);
	return err == NULL ? 0 : -1;
}

static int
parse_path(const char *p, struct url *u)
{
	size_t i, len = strlen(p);

	while (len > 0 && p[len - 1] == '/')
		len--;
	if (len >= sizeof(u->path))
		return -1;
	for (i = 0; i < len; i++) {
		if (!is_path_char((unsigned char)p[i]))
			return -1;
	}
	memcpy(u->path, p, len);
	u->path[len] = '\0';
	/* A segment that moves elsewhere; %2e as well, for the server. */
	if (strstr(u->path, "/../") != NULL || strstr(u->path, "/./") != NULL ||
	    strcasestr(u->path, "%2e") != NULL ||
	    strcasestr(u->path, "%2f") != NULL ||
	    strcasestr(u->path, "%00") != NULL ||
	    (len >= 3 && strcmp(u->path + len - 3, "/..") == 0) ||
	    (len >= 2 && strcmp(u->path + len - 2, "/.") == 0))
		return -1;
	return 0;
}

/*
 * Take an address apart.  Returns 0, or -1 with *why, a static half sentence
 * that follows the address.
 */
int
url_parse(const char *text, struct url *u, const char **why)
{
	const char *host, *slash;

	memset(u, 0, sizeof(*u));
	if (strncmp(text, "ssh://", 6) == 0 ||
	    (strchr(text, '@') != NULL && strstr(text, "://") == NULL)) {
		*why = "is an ssh address; cid fetches over https, with a "
		       "token when the repository is private";
		return -1;
	}
	if (strncmp(text, HTTPS, sizeof(HTTPS) - 1) != 0) {
		*why = "does not begin with https://";
		return -1;
	}
	host = text + sizeof(HTTPS) - 1;
	slash = strchr(host, '/');
	if (slash == NULL || slash[1] == '\0') {
		*why = "names no repository on its server";
		return -1;
	}
	if (memchr(host, '@', (size_t)(slash - host)) != NULL) {
		*why = "holds a user name; give the token by itself, it is "
		       "stored sealed";
		return -1;
	}
	if (parse_host(host, slash, u) == -1) {
		*why = "has a host or port that is not valid";
		return -1;
	}
	if (parse_path(slash, u) == -1) {
		*why = "has a path that is not valid";
		return -1;
	}
	return 0;
}

/*
 * Say whether a credential bound to origin, https://host[:port][/path], may
 * be sent to u: same host and port, the path equal or a prefix by segments.
 */
int
url_is_below(const struct url *u, const char *origin)
{
	const char *host, *slash, *end;
	struct url o;
	size_t len;

	memset(&o, 0, sizeof(o));
	if (strncmp(origin, HTTPS, sizeof(HTTPS) - 1) != 0)
		return 0;
	host = origin + sizeof(HTTPS) - 1;
	slash = strchr(host, '/');
	end = slash == NULL ? host + strlen(host) : slash;
	if (parse_host(host, end, &o) == -1 ||
	    (slash != NULL && parse_path(slash, &o) == -1))
		return 0;
	len = strlen(o.path);
	return strcmp(o.host, u->host) == 0 && strcmp(o.port, u->port) == 0 &&
	    strncmp(o.path, u->path, len) == 0 &&
	    (u->path[len] == '\0' || u->path[len] == '/');
}

/* Say whether an absolute path is root or lies below it, without "..". */
int
url_is_under(const char *path, const char *root)
{
	size_t len = strlen(root);

	while (len > 1 && root[len - 1] == '/')
		len--;
	if (path[0] != '/' || strncmp(path, root, len) != 0)
		return 0;
	if (path[len] != '\0' && path[len] != '/' && len > 1)
		return 0;
	for (; (path = strstr(path, "/..")) != NULL; path += 3) {
		if (path[3] == '\0' || path[3] == '/')
			return 0;
	}
	return 1;
}
