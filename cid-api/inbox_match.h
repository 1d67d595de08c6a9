#ifndef CID_INBOX_MATCH_H
#define CID_INBOX_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "match.h"
#include "name.h"

struct push;

#define CANDIDATES_MAX 256 /* environments of one hook */

/* An environment that a hook may start; its strings are its own. */
struct candidate {
	struct match_env match;
	int64_t priority;
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	char branch[NAME_BRANCH_MAX];
	char *repo;
	char *path_filter;
};

struct candidates {
	struct candidate *items;
	size_t len;
};

int candidates_load(int64_t hook_id, struct candidates *);
enum reason candidates_judge(const struct candidates *, const struct push *,
    struct match_result *);
void candidates_free(struct candidates *);

#endif /* CID_INBOX_MATCH_H */
