/*
 * What strings in documents must look like.
 */

#include <string.h>

#include "glob.h"
#include "name.h"
#include "spec_check.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const char *
name_why(enum name_error e)
{
	return e == NAME_OK ? NULL : name_strerror(e);
}

const char *
spec_check_project(const char *s)
{
	return name_why(name_check_project(s));
}

const char *
spec_check_env(const char *s)
{
	return name_why(name_check_env(s));
}

const char *
spec_check_branch(const char *s)
{
	return name_is_branch(s) ? NULL : "is not a branch that git allows";
}

const char *
spec_check_commit(const char *s)
{
	return name_is_commit(s) ? NULL : "is not a whole commit hash";
}

const char *
spec_check_image(const char *s)
{
	return name_is_image(s) ? NULL : "is not the name of an image";
}

const char *
spec_check_image_or_id(const char *s)
{
	if (strncmp(s, "sha256:", 7) == 0 &&
	    strspn(s + 7, DIGITS "abcdef") == 64 && s[7 + 64] == '\0')
		return NULL;
	return spec_check_image(s);
}

const char *
spec_check_filter(const char *s)
{
	const char *why;

	return glob_check(s, &why) == 0 ? NULL : why;
}

static int
has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return 1;
	}
	return 0;
}

const char *
spec_check_dir(const char *s)
{
	const char *p;
	size_t len;

	if (has_control(s) || strchr(s, '\\') != NULL)
		return "has a character that is not allowed";
	for (p = s;; p += len + 1) {
		len = strcspn(p, "/");
		if (len == 0 || (len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return "must be a plain path like \"a/b\"";
		if (p[len] == '\0')
			return NULL;
	}
}

const char *
spec_check_path(const char *s)
{
	if (s[0] != '/' || s[1] == '/')
		return "must begin with one slash";
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f ||
		    *s == '#')
			return "has a character that no request may have";
	}
	return NULL;
}

const char *
spec_check_variable(const char *s)
{
	if (s[0] == '\0' || strspn(s, DIGITS) > 0 ||
	    s[strspn(s, LOWER UPPER DIGITS "_")] != '\0')
		return "is not a name for a variable";
	return strlen(s) < 256 ? NULL : "is too long";
}

const char *
spec_check_word(const char *s)
{
	if (s[strspn(s, LOWER DIGITS "-")] != '\0')
		return "has other characters than a-z, 0-9 and hyphens";
	return NULL;
}
