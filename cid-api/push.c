/*
 * One push, as every forge can say it: where it comes from and what its head
 * commit asks for.  No I/O here.
 */

#include <ctype.h>
#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "push.h"

static const char *const skip_marks[] = { "[skip ci]", "[ci skip]", "[no ci]" };

void
push_free(struct push *p)
{
	free(p->files);
	json_object_put(p->tree);
	memset(p, 0, sizeof(*p));
}

/* Say whether the head commit's message asks to be left alone. */
int
push_wants_skip(const struct push *p)
{
	size_t i;

	if (p->message == NULL)
		return 0;
	for (i = 0; i < sizeof(skip_marks) / sizeof(skip_marks[0]); i++) {
		if (strcasestr(p->message, skip_marks[i]) != NULL)
			return 1;
	}
	return 0;
}

/* A path without trailing slashes and ".git"; returns its length. */
static size_t
bare_len(const char *s)
{
	size_t len = strlen(s);

	while (len > 1 && s[len - 1] == '/')
		len--;
	if (len > 4 && strncmp(s + len - 4, ".git", 4) == 0)
		len -= 4;
	return len;
}

/*
 * Skip "https://user@", "ssh://git@" or "git@", so that the addresses of one
 * repository differ in their host's separator alone.
 */
static const char *
skip_scheme(const char *url)
{
	const char *p, *end;

	if ((p = strstr(url, "://")) != NULL)
		url = p + 3;
	end = url + strcspn(url, "/");
	if ((p = memchr(url, '@', (size_t)(end - url))) != NULL)
		url = p + 1;
	return url;
}

/* Forges take names in any case; "host:path" is ssh for "host/path". */
static int
fold(char c)
{
	return c == ':' ? '/' : tolower((unsigned char)c);
}

static int
same_address(const char *a, const char *b)
{
	size_t i, len;

	a = skip_scheme(a);
	b = skip_scheme(b);
	if ((len = bare_len(a)) != bare_len(b))
		return 0;
	for (i = 0; i < len; i++) {
		if (fold(a[i]) != fold(b[i]))
			return 0;
	}
	return 1;
}

/* The name of a local repository is the last part of its path. */
static int
is_local_name(const char *path, const char *repo)
{
	const char *name, *slash;
	size_t len = bare_len(path);

	for (slash = path + len; slash > path && slash[-1] != '/';)
		slash--;
	name = strrchr(repo, '/');
	name = name == NULL ? repo : name + 1;
	len -= (size_t)(slash - path);
	return len > 0 && strlen(name) == len &&
	    strncasecmp(slash, name, len) == 0;
}

/*
 * Say whether a project's repository ("owner/name", an address, or a local
 * path) is the one that was pushed to.  Once the forge's number for it is
 * known, that alone decides: a name can be given away, a number can't.
 */
int
push_is_from(const struct push *p, const char *repo, uint64_t repo_id)
{
	size_t i;

	if (repo_id != 0)
		return p->repo_id == repo_id;
	for (i = 0; i < p->urls_len; i++) {
		if (same_address(p->urls[i], repo))
			return 1;
	}
	if (repo[0] == '/')
		return is_local_name(repo, p->repo);
	return same_address(p->repo, repo);
}
