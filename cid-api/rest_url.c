/*
 * Addresses: of apps and hooks as people see them, of repositories as they
 * are fetched.  Pure.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "msg_conf.h"
#include "rest_url.h"

#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

const char *
url_public(const struct msg_conf_api *c, const char *project, char *buf)
{
	const char *host, *port;

	if (c->domain[0] == '\0') {
		snprintf(buf, URL_MAX, "%s/%s/", c->public_url, project);
		return buf;
	}
	/* Scheme and port are those of public_url, the host is not. */
	host = strstr(c->public_url, "://");
	host = host == NULL ? c->public_url : host + 3;
	port = strrchr(host, ':');
	snprintf(buf, URL_MAX, "%.*s%s.%s%s/", (int)(host - c->public_url),
	    c->public_url, project, c->domain, port == NULL ? "" : port);
	return buf;
}

const char *
url_webhook(const struct msg_conf_api *c, const char *forge, const char *hook,
    char *buf)
{
	snprintf(buf, URL_MAX, "%s/webhook/%s/%s", c->api_url, forge, hook);
	return buf;
}

/* One name of a GitHub address, up to the byte end. */
static int
is_name(const char *s, size_t len)
{
	return len > 0 && len <= 100 && strspn(s, NAME_CHARS) >= len &&
	    s[0] != '.';
}

static int
is_short(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash != NULL && is_name(s, (size_t)(slash - s)) &&
	    is_name(slash + 1, strlen(slash + 1));
}

/* No user, no query, nothing that a path should not have. */
static int
is_https(const char *s)
{
	const char *p;

	if (strncmp(s, "https://", 8) != 0 || strlen(s) >= URL_MAX - 8)
		return 0;
	for (p = s; *p != '\0'; p++) {
		if (*p <= ' ' || *p > '~' || strchr("@?#\\\"<>", *p) != NULL)
			return 0;
	}
	p = s + 8 + strcspn(s + 8, "/");
	return p > s + 8 && p[0] == '/' && p[1] != '\0' &&
	    strstr(p, "//") == NULL && strstr(p, "/../") == NULL;
}

static int
is_local(const char *s)
{
	const char *p;

	if (s[0] != '/' || strlen(s) >= URL_MAX)
		return 0;
	for (p = s; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return 0;
	}
	p = strrchr(s, '/');
	return s[1] != '\0' && strstr(s, "//") == NULL &&
	    strstr(s, "/../") == NULL && strcmp(p, "/..") != 0;
}

static int
is_ssh(const char *s)
{
	return strncmp(s, "ssh://", 6) == 0 || strncmp(s, "git+ssh", 7) == 0 ||
	    (strchr(s, '@') != NULL && strchr(s, ':') != NULL &&
		strstr(s, "://") == NULL);
}

/* Hosts are compared byte by byte later on. */
static void
lower_host(char *url)
{
	char *p = url + sizeof("https://") - 1;

	for (; *p != '\0' && *p != '/'; p++)
		*p = (char)tolower((unsigned char)*p);
}

enum url_repo
url_repository(const char *given, char *buf)
{
	size_t len;

	buf[0] = '\0';
	if (is_ssh(given))
		return URL_REPO_SSH;
	if (is_local(given)) {
		strlcpy(buf, given, URL_MAX);
		return URL_REPO_LOCAL;
	}
	if (is_short(given))
		snprintf(buf, URL_MAX, "https://github.com/%s", given);
	else if (is_https(given))
		strlcpy(buf, given, URL_MAX);
	else
		return URL_REPO_BAD;
	len = strlen(buf);
	while (len > 0 && buf[len - 1] == '/')
		buf[--len] = '\0';
	lower_host(buf);
	return URL_REPO_OK;
}

/*
 * Where a registry's credential may go, buf[URL_MAX]: https://host[:port]
 * or with a path.  Returns NULL when server is not a place.
 */
const char *
url_registry(const char *server, char *buf)
{
	const char *host =
	    strncmp(server, "https://", 8) == 0 ? server + 8 : server;
	size_t len;

	if (*host == '\0' || *host == '/' || *host == '.' ||
	    host[strspn(host, NAME_CHARS ":/")] != '\0' ||
	    strlen(host) > URL_MAX - 16 || strstr(host, "..") != NULL ||
	    strstr(host, "//") != NULL)
		return NULL;
	snprintf(buf, URL_MAX, "https://%s", host);
	len = strlen(buf);
	while (buf[len - 1] == '/')
		buf[--len] = '\0';
	lower_host(buf);
	return buf;
}
