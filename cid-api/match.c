/*
 * Which projects a push starts, and why the others stay.  No I/O here.
 */

#include <string.h>

#include "glob.h"
#include "match.h"
#include "push.h"

static struct match_result
say(enum match_verdict verdict, enum reason reason)
{
	struct match_result r = { verdict, reason };

	return r;
}

static struct match_result
judge_paths(const struct match_env *e, const struct push *p)
{
	size_t i;

	if (e->path_filter[0] == '\0')
		return say(MATCH_BUILD, REASON_NONE);
	if (p->created || p->forced || p->partial)
		return say(MATCH_PENDING, REASON_NONE);
	for (i = 0; i < p->files_len; i++) {
		if (glob_filter(e->path_filter, p->files[i]))
			return say(MATCH_BUILD, REASON_NONE);
	}
	return say(MATCH_NOT, REASON_PATH_NO_MATCH);
}

/*
 * Judge one environment.  What the payload can't tell (more commits than
 * GitHub lists, a forced push, a new branch) is left to git, but only where
 * the answer depends on paths.
 */
struct match_result
match_env(const struct match_env *e, const struct push *p)
{
	if (!push_is_from(p, e->repo, e->repo_id))
		return say(MATCH_NOT, REASON_REPOSITORY_UNKNOWN);
	if (p->kind == PUSH_TAG)
		return say(MATCH_NOT, REASON_TAG_PUSH);
	if (p->kind != PUSH_BRANCH)
		return say(MATCH_NOT, REASON_EVENT_IGNORED);
	if (p->deleted)
		return say(MATCH_NOT, REASON_BRANCH_DELETED);
	if (!glob_match(e->branch, p->branch))
		return say(MATCH_NOT, REASON_BRANCH_NO_MATCH);
	if (push_wants_skip(p))
		return say(MATCH_NOT, REASON_SKIP_REQUESTED);
	return judge_paths(e, p);
}

/* The further a push got, the more its reason tells. */
static int
rank(enum reason r)
{
	static const enum reason order[] = { REASON_REPOSITORY_UNKNOWN,
		REASON_EVENT_IGNORED, REASON_TAG_PUSH, REASON_BRANCH_DELETED,
		REASON_BRANCH_NO_MATCH, REASON_SKIP_REQUESTED,
		REASON_PATH_NO_MATCH };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] == r)
			return (int)i;
	}
	return -1;
}

static int
took_project(const struct match_env *e, const struct match_result *out,
    size_t i)
{
	size_t j;

	for (j = 0; j < i; j++) {
		if (e[j].project_id == e[i].project_id &&
		    out[j].verdict != MATCH_NOT)
			return 1;
	}
	return 0;
}

/*
 * Judge every environment that the hook may start; a branch belongs to the
 * first environment of a project that maps it.  Returns REASON_NONE when the
 * push starts something, else the one reason to answer with.
 */
enum reason
match_all(const struct match_env *e, size_t len, const struct push *p,
    struct match_result *out)
{
	enum reason best = REASON_REPOSITORY_UNKNOWN;
	int started = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		out[i] = match_env(&e[i], p);
		if (took_project(e, out, i))
			out[i] = say(MATCH_NOT, REASON_BRANCH_NO_MATCH);
		if (out[i].verdict != MATCH_NOT)
			started = 1;
		else if (rank(out[i].reason) > rank(best))
			best = out[i].reason;
	}
	return started ? REASON_NONE : best;
}
