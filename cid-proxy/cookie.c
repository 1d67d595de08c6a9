/*
 * Cookies between visitors and projects (S13): cid's own never reach a
 * project nor come from one, and a path-routed project's stay below its
 * prefix.  No I/O.
 */

#include <string.h>

#include "cookie.h"
#include "http1.h"
#include "text.h"

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static size_t
trimmed(const char *p, const char *end)
{
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return (size_t)(end - p);
}

static const char *
find(const char *p, const char *end, char c)
{
	while (p < end && *p != c)
		p++;
	return p;
}

/*
 * Say whether a cookie is cid's by its name.  A cookie without a name is
 * judged by its value, which a browser sends in the name's place.
 */
int
cookie_is_ours(const char *s, size_t len)
{
	const char *p = skip_space(s, s + len), *end = s + len;
	size_t left;

	while (p < end && *p == '=')
		p = skip_space(p + 1, end);
	left = (size_t)(end - p);
	return (left >= 4 && http1_eq(p, 4, "cid_")) ||
	    (left >= 10 && http1_eq(p, 10, "__host-cid"));
}

/*
 * Write a Cookie value without cid's cookies.  Returns 0 when none is left
 * and nothing was written.
 */
int
cookie_request(struct text *t, const char *value, size_t len)
{
	const char *p = value, *end = value + len, *next;
	size_t n;
	int kept = 0;

	for (; p < end; p = next < end ? next + 1 : end) {
		p = skip_space(p, end);
		next = find(p, end, ';');
		n = trimmed(p, next);
		if (n == 0 || cookie_is_ours(p, n))
			continue;
		if (kept++ != 0)
			text_put(t, "; ", 2);
		text_put(t, p, n);
	}
	return kept != 0;
}

static int
is_below(const char *path, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && memcmp(path, prefix, n) == 0 &&
	    (len == n || path[n] == '/');
}

/* Write a Path attribute that leads below the prefix. */
static void
put_path(struct text *t, const char *path, size_t len, const char *prefix)
{
	text_str(t, "; Path=");
	if (len == 0 || *path != '/') {
		text_str(t, prefix);
		return;
	}
	if (!is_below(path, len, prefix)) {
		text_str(t, prefix);
		if (len == 1)
			return; /* "/": the prefix itself */
	}
	text_put(t, path, len);
}

/* Write one attribute.  Returns 1 when it was a Path. */
static int
put_attribute(struct text *t, const char *p, size_t len,
    const struct cookie_rule *rule)
{
	const char *end = p + len, *eq = find(p, end, '=');
	const char *value = eq < end ? skip_space(eq + 1, end) : end;
	size_t name_len = trimmed(p, eq);

	if (rule->drop_domain && http1_eq(p, name_len, "domain"))
		return 0;
	if (rule->prefix[0] != '\0' && http1_eq(p, name_len, "path")) {
		put_path(t, value, (size_t)(end - value), rule->prefix);
		return 1;
	}
	text_put(t, "; ", 2);
	text_put(t, p, len);
	return 0;
}

/*
 * Write the Set-Cookie value that reaches the visitor.  Returns 0 when none
 * may, and nothing was written.
 */
int
cookie_answer(struct text *t, const char *value, size_t len,
    const struct cookie_rule *rule)
{
	const char *end = value + len, *p = find(value, end, ';'), *next;
	int has_path = 0;

	if (cookie_is_ours(value, (size_t)(p - value)))
		return 0;
	text_put(t, value, trimmed(value, p));
	for (; p < end; p = next) {
		p = skip_space(p + 1, end);
		next = find(p, end, ';');
		has_path |= put_attribute(t, p, trimmed(p, next), rule);
	}
	/* What a browser would take for "/" without it. */
	if (rule->prefix[0] != '\0' && rule->at_prefix && !has_path)
		put_path(t, "", 0, rule->prefix);
	return 1;
}
