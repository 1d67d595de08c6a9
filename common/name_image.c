/*
 * The grammar of image references, as the distribution specification has
 * it: [domain[:port]/]path[:tag][@digest].
 */

#include <string.h>

#include "name.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz" DIGITS
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS
#define HEX DIGITS "abcdef"

#define NAME_PART_MAX 255 /* domain and path */
#define TAG_MAX 128

/* A domain's label: no hyphen at its ends.  Returns its length, or 0. */
static size_t
label(const char *s)
{
	size_t len = strspn(s, LETTERS "-");

	if (len == 0 || s[0] == '-' || s[len - 1] == '-')
		return 0;
	return len;
}

/* host[:port], or [address]:port, up to a slash. */
static int
is_domain(const char *s, const char *end)
{
	size_t n;

	if (*s == '[') {
		s += 1 + strspn(s + 1, DIGITS "abcdefABCDEF:");
		if (*s++ != ']')
			return 0;
	} else {
		for (;;) {
			if ((n = label(s)) == 0)
				return 0;
			s += n;
			if (*s != '.')
				break;
			s++;
		}
	}
	if (*s == ':') {
		n = strspn(++s, DIGITS);
		if (n == 0 || n > 5)
			return 0;
		s += n;
	}
	return s == end;
}

/* What the engine too takes for a registry, not for part of the path. */
static int
looks_like_domain(const char *s, size_t len)
{
	return memchr(s, '.', len) != NULL || memchr(s, ':', len) != NULL ||
	    (len == 9 && memcmp(s, "localhost", 9) == 0);
}

/* Words joined by ".", "_", "__" or hyphens.  Returns the length, or 0. */
static size_t
component(const char *s)
{
	const char *p = s;
	size_t n;

	for (;;) {
		if ((n = strspn(p, LOWER)) == 0)
			return 0;
		p += n;
		if (*p == '-')
			p += strspn(p, "-");
		else if (strncmp(p, "__", 2) == 0)
			p += 2;
		else if (*p == '.' || *p == '_')
			p++;
		else
			return (size_t)(p - s);
	}
}

/* A tag.  Returns its length, or 0. */
static size_t
tag(const char *s)
{
	size_t len = strspn(s, LETTERS "_.-");

	return s[0] == '.' || s[0] == '-' || len > TAG_MAX ? 0 : len;
}

static int
is_digest(const char *s)
{
	size_t len;

	if (strncmp(s, "sha256:", 7) != 0 && strncmp(s, "sha512:", 7) != 0)
		return 0;
	len = strspn(s + 7, HEX);
	return s[7 + len] == '\0' && len == (s[3] == '2' ? 64 : 128);
}

/*
 * An engine takes these for an image it has, whoever made it; of what follows
 * "sha256:" the first digits are enough for it.
 */
static int
is_id(const char *s)
{
	if (strncmp(s, "sha256:", 7) == 0)
		return 1;
	return strspn(s, HEX) == 64 && s[64] == '\0';
}

/*
 * Say whether s refers to an image by its name.  Ids of local images are
 * refused: a name says whose image it is, an id does not (S8).
 */
int
name_is_image(const char *s)
{
	const char *p = s, *slash = strchr(s, '/');
	size_t n;

	if (is_id(s))
		return 0;
	if (slash != NULL && looks_like_domain(s, (size_t)(slash - s))) {
		if (!is_domain(s, slash))
			return 0;
		p = slash + 1;
	}
	for (;; p++) {
		if ((n = component(p)) == 0)
			return 0;
		p += n;
		if (*p != '/')
			break;
	}
	if (p - s > NAME_PART_MAX)
		return 0;
	if (*p == ':') {
		if ((n = tag(p + 1)) == 0)
			return 0;
		p += 1 + n;
	}
	return *p == '\0' || (*p == '@' && is_digest(p + 1));
}
