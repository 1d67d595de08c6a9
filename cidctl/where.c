/*
 * Finds the server: what the command line says, the local socket,
 * CID_URL and CID_TOKEN, ~/.config/cid/config, in this order.
 */

#include <sys/stat.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "where.h"

#define DEFAULT_SOCKET "/run/cid/ctl.sock"

static int
set(char *to, size_t size, const char *from, const char *what)
{
	if (strlcpy(to, from, size) < size)
		return 0;
	warnx("%s is too long", what);
	return -1;
}

/* An address never ends with a slash. */
static int
set_url(struct where *w, const char *url)
{
	size_t len;

	if (strncmp(url, "https://", 8) != 0 &&
	    strncmp(url, "http://", 7) != 0) {
		warnx("%s: the server's address begins with https://", url);
		return -1;
	}
	if (set(w->url, sizeof(w->url), url, "the server's address") == -1)
		return -1;
	for (len = strlen(w->url); len > 0 && w->url[len - 1] == '/';)
		w->url[--len] = '\0';
	return 0;
}

/* Take one "name = value" apart.  Returns 0 when the line has none. */
static int
split(char *line, char **name, char **value)
{
	char *end;

	line += strspn(line, " \t");
	if (*line == '\0' || *line == '\n' || *line == '#')
		return 0;
	*name = line;
	line += strcspn(line, " \t=\n");
	*value = line + strspn(line, " \t=");
	*line = '\0';
	for (end = *value + strlen(*value);
	     end > *value && isspace((unsigned char)end[-1]);)
		*--end = '\0';
	return 1;
}

static int
read_lines(FILE *fp, const char *path, struct where *w)
{
	char *line = NULL, *name, *value;
	size_t cap = 0;
	int ret = 0;

	while (ret == 0 && getline(&line, &cap, fp) != -1) {
		if (!split(line, &name, &value))
			continue;
		if (strcmp(name, "url") == 0) {
			ret = set_url(w, value);
		} else if (strcmp(name, "token") == 0) {
			ret =
			    set(w->token, sizeof(w->token), value, "the token");
		} else {
			warnx("%s: unknown setting \"%s\"; url and token are "
			      "known",
			    path, name);
			ret = -1;
		}
	}
	freezero(line, cap);
	return ret;
}

/* Returns 1 when it was read, 0 when there is none, -1 after saying why. */
static int
read_file(struct where *w)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char path[WHERE_MAX];
	struct stat st;
	FILE *fp;
	int ret;

	if (base != NULL && base[0] == '/')
		snprintf(path, sizeof(path), "%s/cid/config", base);
	else if (home != NULL && home[0] == '/')
		snprintf(path, sizeof(path), "%s/.config/cid/config", home);
	else
		return 0;
	if ((fp = fopen(path, "re")) == NULL) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		warn("%s", path);
		return -1;
	}
	if (fstat(fileno(fp), &st) == 0 && (st.st_mode & 077) != 0)
		warnx("%s: others can read it; chmod 600 it", path);
	ret = read_lines(fp, path, w);
	fclose(fp);
	return ret == -1 ? -1 : 1;
}

static int
use_socket(struct where *w, const char *path)
{
	return set(w->socket, sizeof(w->socket), path,
	    "the path of the socket");
}

/* Somebody who named an address: the key must be meant for it. */
static int
use_url(struct where *w, const char *url)
{
	const char *token = getenv("CID_TOKEN");
	struct where file;

	if (set_url(w, url) == -1)
		return -1;
	if (token != NULL)
		return set(w->token, sizeof(w->token), token, "CID_TOKEN");
	memset(&file, 0, sizeof(file));
	if (read_file(&file) == 1 && strcmp(file.url, w->url) == 0)
		strlcpy(w->token, file.token, sizeof(w->token));
	return 0;
}

/*
 * Fill in *w; socket and url are what -s and -H say, or NULL.  Returns 0, or
 * -1 after saying what is wrong.
 */
int
where_find(const char *socket, const char *url, struct where *w)
{
	int found;

	memset(w, 0, sizeof(*w));
	if (socket != NULL)
		return use_socket(w, socket);
	if (url != NULL)
		return use_url(w, url);
	if (access(DEFAULT_SOCKET, F_OK) == 0)
		return use_socket(w, DEFAULT_SOCKET);
	if ((url = getenv("CID_URL")) != NULL && url[0] != '\0')
		return use_url(w, url);
	if ((found = read_file(w)) == -1)
		return -1;
	if (found == 1 && w->url[0] != '\0')
		return 0;
	warnx("cid does not run here: there is no " DEFAULT_SOCKET);
	warnx("start it, or name another server: set CID_URL and CID_TOKEN, "
	      "or write url and token into ~/.config/cid/config");
	return -1;
}
