/*
 * The environments that a hook may start, and which of them a push does.
 */

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>

#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "inbox_match.h"
#include "log.h"
#include "push.h"

#define CHAIN_MAX 50 /* pushes of one branch that are looked back on */

/* A project's part of its candidates, while they are loaded. */
struct loading {
	struct candidates *all;
	struct project *project;
	int64_t *ids; /* of all projects */
	size_t ids_len;
};

static int
note_project(void *row, void *arg)
{
	const struct project *p = row;
	struct loading *l = arg;

	if (l->ids_len == CANDIDATES_MAX) {
		log_warnx("a hook has more than %d projects", CANDIDATES_MAX);
		return 0;
	}
	l->ids[l->ids_len++] = p->id;
	return 0;
}

static int
add_candidate(void *row, void *arg)
{
	const struct environment *e = row;
	struct loading *l = arg;
	const struct project *p = l->project;
	struct candidate *c;

	if (l->all->len == CANDIDATES_MAX)
		return 0;
	c = &l->all->items[l->all->len];
	c->repo = strdup(p->repo_url[0] != '\0' ? p->repo_url : p->repo);
	c->path_filter = strdup(p->path_filter);
	l->all->len++;
	if (c->repo == NULL || c->path_filter == NULL)
		return -1;
	strlcpy(c->project, p->name, sizeof(c->project));
	strlcpy(c->environment, e->name, sizeof(c->environment));
	strlcpy(c->branch, e->branch, sizeof(c->branch));
	c->priority = p->priority;
	c->match.project_id = (uint64_t)p->id;
	c->match.env_id = (uint64_t)e->id;
	c->match.repo = c->repo;
	c->match.repo_id = (uint64_t)p->forge_id;
	c->match.branch = c->branch;
	c->match.path_filter = c->path_filter;
	return 0;
}

static int
load_project(struct loading *l, int64_t id)
{
	struct project p;
	int found, ret;

	if ((found = db_project_get(id, &p)) != 1)
		return found;
	l->project = &p;
	ret = db_env_each_of(id, add_candidate, l);
	db_project_free(&p);
	return ret;
}

/* Returns 0, or -1 after logging; to be freed in both cases. */
int
candidates_load(int64_t hook_id, struct candidates *all)
{
	struct loading l = { .all = all };
	int ret = -1;
	size_t i;

	l.ids = calloc(CANDIDATES_MAX, sizeof(*l.ids));
	all->items = calloc(CANDIDATES_MAX, sizeof(*all->items));
	if (l.ids == NULL || all->items == NULL ||
	    db_project_each_of_hook(hook_id, note_project, &l) == -1)
		goto done;
	for (i = 0; i < l.ids_len; i++) {
		if (load_project(&l, l.ids[i]) == -1)
			goto done;
	}
	ret = 0;
done:
	free(l.ids);
	return ret;
}

void
candidates_free(struct candidates *all)
{
	size_t i;

	for (i = 0; i < all->len; i++) {
		free(all->items[i].repo);
		free(all->items[i].path_filter);
	}
	free(all->items);
	memset(all, 0, sizeof(*all));
}

/* The pushes of a branch from the newest back, each resting on the next. */
struct chain {
	const struct push *push;
	int64_t env_id;
	char cursor[NAME_COMMIT_MAX]; /* the head before those seen */
	int is_first;
};

static int
follow_chain(void *row, void *arg)
{
	const struct build *b = row;
	struct chain *c = arg;

	if (b->source != BUILD_FROM_WEBHOOK || b->environment_id != c->env_id ||
	    strcmp(b->branch, c->push->branch) != 0 ||
	    strcmp(b->base, b->commit) == 0)
		return 0;
	if (!c->is_first && strcmp(b->commit, c->cursor) != 0)
		return 0;
	c->is_first = 0;
	strlcpy(c->cursor, b->base, sizeof(c->cursor));
	return strcmp(c->cursor, c->push->after) == 0;
}

/*
 * Say whether the branch was already pushed on from this push's head, so
 * that this is an older push that comes late.
 */
static int
is_overtaken(const struct candidate *c, const struct push *p)
{
	struct build_filter filter = { .project_id =
					   (int64_t)c->match.project_id,
		.state = -1,
		.limit = CHAIN_MAX };
	struct chain chain = { .push = p,
		.env_id = (int64_t)c->match.env_id,
		.is_first = 1 };

	if (p->forced || p->created)
		return 0;
	return db_build_each(&filter, follow_chain, &chain) == 1;
}

/* As match_all(), and what comes too late is left out. */
enum reason
candidates_judge(const struct candidates *all, const struct push *p,
    struct match_result *r)
{
	struct match_env e[CANDIDATES_MAX];
	size_t i, started = 0;
	enum reason why;

	for (i = 0; i < all->len; i++)
		e[i] = all->items[i].match;
	if ((why = match_all(e, all->len, p, r)) != REASON_NONE)
		return why;
	for (i = 0; i < all->len; i++) {
		if (r[i].verdict == MATCH_NOT)
			continue;
		if (is_overtaken(&all->items[i], p)) {
			r[i].verdict = MATCH_NOT;
			r[i].reason = REASON_SUPERSEDED;
		} else {
			started++;
		}
	}
	return started > 0 ? REASON_NONE : REASON_SUPERSEDED;
}
