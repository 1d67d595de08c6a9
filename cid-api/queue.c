/*
 * Which builds start next.  A project's builds go one at a time, in the
 * order they were asked for; projects share the parallel places by priority
 * and age.  No I/O here.
 */

#include <stdlib.h>
#include <string.h>

#include "queue.h"

/* What waits of one project, next to end, in order. */
struct line {
	size_t next;
	size_t end;
	int busy; /* one of it runs */
};

/* A decided push makes those before it on the same branch needless. */
static int
supersedes(const struct queue_build *newer, const struct queue_build *older)
{
	return newer->supersede && newer->pushed && older->pushed &&
	    !newer->pending && newer->env_id == older->env_id &&
	    strcmp(newer->branch, older->branch) == 0;
}

static void
judge_build(const struct queue_build *b, size_t i, size_t end,
    struct queue_answer *out)
{
	size_t j;

	memset(&out[i], 0, sizeof(out[i]));
	out[i].verdict = b[i].running ? QUEUE_RUNS : QUEUE_WAITS;
	if (b[i].running)
		return;
	for (j = end; j-- > i + 1;) {
		if (supersedes(&b[j], &b[i])) {
			out[i].verdict = QUEUE_SUPERSEDED;
			out[i].by = b[j].build_id;
			return;
		}
	}
}

static void
skip_to_waiting(struct line *l, const struct queue_answer *out)
{
	while (l->next < l->end && out[l->next].verdict != QUEUE_WAITS)
		l->next++;
}

/* Divide the builds into the lines of their projects. */
static size_t
form_lines(const struct queue_build *b, size_t len, struct queue_answer *out,
    struct line *lines)
{
	size_t end, i, j, n = 0;

	for (i = 0; i < len; i = end) {
		for (end = i; end < len; end++) {
			if (b[end].project_id != b[i].project_id)
				break;
		}
		lines[n].next = i;
		lines[n].end = end;
		lines[n].busy = 0;
		for (j = i; j < end; j++) {
			judge_build(b, j, end, out);
			lines[n].busy |= b[j].running;
		}
		skip_to_waiting(&lines[n], out);
		n++;
	}
	return n;
}

static int
goes_before(const struct queue_build *a, const struct queue_build *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->build_id < b->build_id;
}

/* The line whose first build is the next; NULL when nobody waits. */
static struct line *
find_next(const struct queue_build *b, struct line *lines, size_t len,
    int with_busy)
{
	struct line *best = NULL;
	size_t i;

	for (i = 0; i < len; i++) {
		if (lines[i].next == lines[i].end ||
		    (lines[i].busy && !with_busy))
			continue;
		if (best == NULL ||
		    goes_before(&b[lines[i].next], &b[best->next]))
			best = &lines[i];
	}
	return best;
}

static uint32_t
count_running(const struct queue_build *b, size_t len)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < len; i++)
		n += b[i].running != 0;
	return n;
}

/*
 * Say for each of the builds, which are sorted by project and then by build,
 * what becomes of it now.  Returns 0, or -1 without memory.
 */
int
queue_plan(const struct queue_limit *limit, const struct queue_build *b,
    size_t len, struct queue_answer *out)
{
	struct line *l, *lines;
	uint32_t position = 0, running;
	size_t n;

	if (len == 0)
		return 0;
	if ((lines = calloc(len, sizeof(*lines))) == NULL)
		return -1;
	n = form_lines(b, len, out, lines);
	running = count_running(b, len);
	while (!limit->stopped && running < limit->parallel &&
	    (l = find_next(b, lines, n, 0)) != NULL) {
		out[l->next].verdict = QUEUE_STARTS;
		l->busy = 1;
		running++;
		skip_to_waiting(l, out);
	}
	while ((l = find_next(b, lines, n, 1)) != NULL) {
		out[l->next].position = ++position;
		l->next++;
		skip_to_waiting(l, out);
	}
	free(lines);
	return 0;
}
