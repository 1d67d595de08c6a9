/*
 * Which names in a tree are unpacked (S19).  Pure.
 */

#include <stdlib.h>
#include <string.h>

#include "treename.h"

#define NAME_BYTES_MAX 255

/* Returns NULL, or what is wrong with one component of a path. */
const char *
treename_check(const char *name)
{
	if (name[0] == '\0')
		return "a name that is empty";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "a name that means another directory";
	if (strchr(name, '/') != NULL)
		return "a name with a slash in it";
	if (strcasecmp(name, ".git") == 0)
		return "a name that is git's own";
	if (strlen(name) > NAME_BYTES_MAX)
		return "a name of more than 255 bytes";
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Say whether a directory holds a name twice, which a link and a directory
 * of one name could be used for.  Sorts the array.
 */
int
treename_is_twice(const char **names, unsigned long n)
{
	unsigned long i;

	qsort(names, n, sizeof(*names), compare);
	for (i = 1; i < n; i++) {
		if (strcmp(names[i - 1], names[i]) == 0)
			return 1;
	}
	return 0;
}
