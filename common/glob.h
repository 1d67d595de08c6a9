#ifndef CID_GLOB_H
#define CID_GLOB_H

#include <stddef.h>

#define GLOB_FILTER_MAX 1024 /* bytes of a filter */

/*
 * A path filter: globs separated by commas; `*` and `?` stop at a slash,
 * `**` does not, `!` before a glob excludes.  A path passes when some glob
 * without `!` matches it (or there is none) and no glob with `!` does.
 */
int glob_check(const char *filter, const char **why);
int glob_match(const char *pattern, const char *path);
int glob_filter(const char *filter, const char *path);

#endif /* CID_GLOB_H */
