/*
 * Path filters, matched in time proportional to pattern times path: both may
 * come from strangers.
 */

#include <string.h>

#include "glob.h"

/* One glob of a filter. */
struct glob {
	const char *p;
	size_t len;
	int excludes;
};

/* Where in the glob a match may be after the bytes read so far. */
struct states {
	unsigned char at[GLOB_FILTER_MAX + 1];
};

static int
is_deep(const char *p, size_t len, size_t i)
{
	return i + 1 < len && p[i] == '*' && p[i + 1] == '*';
}

/*
 * Go where no byte has to be read: behind stars, and behind a whole "**" and
 * its slash where a name begins, for it also stands for no directory.
 */
static void
spread(struct states *s, const char *p, size_t len, int at_name)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!s->at[i] || p[i] != '*')
			continue;
		if (!is_deep(p, len, i)) {
			s->at[i + 1] = 1;
			continue;
		}
		s->at[i + 2] = 1;
		if (at_name && i + 2 < len && p[i + 2] == '/' &&
		    (i == 0 || p[i - 1] == '/'))
			s->at[i + 3] = 1;
	}
}

/* Read one byte.  Returns 0 when no match is left. */
static int
step(struct states *to, const struct states *from, const char *p, size_t len,
    char c)
{
	size_t i;
	int any = 0;

	memset(to->at, 0, len + 1);
	for (i = 0; i < len; i++) {
		if (!from->at[i])
			continue;
		if (p[i] == '*' && (c != '/' || is_deep(p, len, i)))
			to->at[i] = any = 1;
		else if (p[i] == c || (p[i] == '?' && c != '/'))
			to->at[i + 1] = any = 1;
	}
	return any;
}

static int
matches(const char *p, size_t len, const char *path)
{
	struct states s[2];
	const char *c;
	int now = 0;

	if (len > GLOB_FILTER_MAX)
		return 0;
	memset(s[0].at, 0, len + 1);
	s[0].at[0] = 1;
	spread(&s[0], p, len, 1);
	for (c = path; *c != '\0'; c++) {
		if (!step(&s[!now], &s[now], p, len, *c))
			return 0;
		now = !now;
		spread(&s[now], p, len, *c == '/');
	}
	return s[now].at[len];
}

/* Say whether all of path matches.  Too long a pattern matches nothing. */
int
glob_match(const char *pattern, const char *path)
{
	return matches(pattern, strlen(pattern), path);
}

/* Take the next glob off a filter.  Returns 0 at its end. */
static int
next_glob(const char **filter, struct glob *g)
{
	const char *p = *filter, *end;

	if (p == NULL)
		return 0;
	end = p + strcspn(p, ",");
	*filter = *end == ',' ? end + 1 : NULL;
	while (p < end && *p == ' ')
		p++;
	while (p < end && end[-1] == ' ')
		end--;
	g->excludes = p < end && *p == '!';
	if (g->excludes)
		p++;
	g->p = p;
	g->len = (size_t)(end - p);
	return 1;
}

static const char *
glob_why(const struct glob *g)
{
	size_t i;

	if (g->len == 0)
		return "has an empty glob";
	if (g->p[0] == '/')
		return "must not begin with a slash";
	if (g->p[g->len - 1] == '/')
		return "ends with a slash; \"dir/**\" is all in a directory";
	for (i = 0; i < g->len; i++) {
		if ((unsigned char)g->p[i] < ' ' || g->p[i] == 0x7f)
			return "has a control character";
	}
	return NULL;
}

/*
 * Check a filter before it is kept.  Returns 0, or -1 with *why in words that
 * follow the field's name.  An empty filter is one that lets all pass.
 */
int
glob_check(const char *filter, const char **why)
{
	const char *rest = *filter == '\0' ? NULL : filter;
	struct glob g;

	*why = NULL;
	if (strlen(filter) >= GLOB_FILTER_MAX)
		*why = "is too long";
	while (*why == NULL && next_glob(&rest, &g))
		*why = glob_why(&g);
	return *why == NULL ? 0 : -1;
}

/* Say whether a path, without a slash at its start, passes. */
int
glob_filter(const char *filter, const char *path)
{
	const char *rest = *filter == '\0' ? NULL : filter;
	struct glob g;
	int included = 0, positive = 0;

	while (next_glob(&rest, &g)) {
		if (g.excludes && matches(g.p, g.len, path))
			return 0;
		if (g.excludes)
			continue;
		positive = 1;
		if (!included)
			included = matches(g.p, g.len, path);
	}
	return included || !positive;
}
