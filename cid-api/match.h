#ifndef CID_MATCH_H
#define CID_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "reason.h"

struct push;

/* One environment of a project that the hook may start. */
struct match_env {
	uint64_t project_id;
	uint64_t env_id;
	const char *repo;	 /* of the project, see push_is_from() */
	uint64_t repo_id;	 /* 0: not known yet */
	const char *branch;	 /* a name or a glob */
	const char *path_filter; /* "" : every path */
};

enum match_verdict {
	MATCH_NOT,
	MATCH_BUILD,
	MATCH_PENDING /* only git can tell */
};

struct match_result {
	enum match_verdict verdict;
	enum reason reason; /* why MATCH_NOT */
};

struct match_result match_env(const struct match_env *, const struct push *);
enum reason match_all(const struct match_env *, size_t, const struct push *,
    struct match_result *);

#endif /* CID_MATCH_H */
