/*
 * Finds the row of the route table that a request is for.  Pure.
 */

#include <string.h>

#include <bsd/string.h>

#include "route.h"

static size_t
segment_len(const char *s)
{
	return strcspn(s, "/");
}

/* Compare a path with a pattern, noting the parameters. */
static int
matches(const char *pattern, const char *path, struct route_match *m)
{
	struct route_param *p;
	size_t plen, len;

	m->params_len = 0;
	while (*pattern == '/' && *path == '/') {
		plen = segment_len(++pattern);
		len = *pattern == '*' ? strlen(++path) : segment_len(++path);
		if (*pattern == ':' || *pattern == '*') {
			if (len == 0 || m->params_len == ROUTE_PARAMS)
				return 0;
			p = &m->params[m->params_len++];
			p->name = pattern + 1;
			p->name_len = plen - 1;
			p->value = path;
			p->value_len = len;
		} else if (plen != len || memcmp(pattern, path, len) != 0) {
			return 0;
		}
		pattern += plen;
		path += len;
	}
	return *pattern == '\0' && *path == '\0';
}

static void
add_method(char *allow, const char *method)
{
	if (strstr(allow, method) != NULL)
		return;
	if (allow[0] != '\0')
		strlcat(allow, ", ", ROUTE_ALLOW_MAX);
	strlcat(allow, method, ROUTE_ALLOW_MAX);
	if (strcmp(method, "GET") == 0)
		strlcat(allow, ", HEAD", ROUTE_ALLOW_MAX);
}

/*
 * Fill in the match.  No route and an empty allow: there is no such path; a
 * path without this method names the methods it has.  HEAD is served as GET.
 */
void
route_find(const struct route *table, size_t len, const char *method,
    const char *path, struct route_match *m)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	size_t i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < len; i++) {
		if (!matches(table[i].path, path, m))
			continue;
		add_method(m->allow, table[i].method);
		if (strcmp(table[i].method, wanted) == 0) {
			m->route = &table[i];
			return;
		}
	}
}

/* Say whether the route knows a query parameter. */
int
route_takes(const struct route *r, const char *name)
{
	const char *s;
	size_t len, want = strlen(name);

	if (r->query == NULL)
		return 1;
	for (s = r->query; *s != '\0'; s += len + strspn(s + len, " ")) {
		len = strcspn(s, " ");
		if (len == want && memcmp(s, name, len) == 0)
			return 1;
	}
	return 0;
}
