/*
 * The table of all routes.  Each change gets the next generation and goes to
 * every worker; the parent gets the whole table after each turn that changed
 * it, for workers that start while we are away.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "log.h"
#include "msg_route.h"
#include "peer.h"
#include "route_diff.h"
#include "route_file.h"
#include "routes.h"
#include "workers.h"

static struct {
	struct msg_route *v;
	size_t len;
	size_t cap;
	uint64_t generation;
	int is_open;	/* workers may have it */
	int is_changed; /* since the last snapshot */
} table;

/* Growing over restarts too, as long as the clock does not go back. */
static uint64_t
next_generation(void)
{
	uint64_t now = clock_wall_ms();

	table.generation = now > table.generation ? now : table.generation + 1;
	return table.generation;
}

static struct msg_route *
find(const struct msg_route *key)
{
	size_t i;

	for (i = 0; i < table.len; i++) {
		if (route_is_at(&table.v[i], key))
			return &table.v[i];
	}
	return NULL;
}

static struct msg_route *
add(void)
{
	struct msg_route *v;
	size_t cap;

	if (table.len == table.cap) {
		cap = table.cap == 0 ? 64 : table.cap * 2;
		v = reallocarray(table.v, cap, sizeof(*v));
		if (v == NULL)
			fatal("routes");
		table.v = v;
		table.cap = cap;
	}
	return &table.v[table.len++];
}

static void
send_change(uint32_t type, const struct msg_route *r)
{
	table.is_changed = 1;
	if (table.is_open)
		workers_send(type, r);
}

/* A name belongs to one environment only; names.c of cid-api sees to it. */
static int
set_one(const struct msg_route *want)
{
	struct msg_route *r = find(want);

	if (r != NULL && r->env_id != want->env_id) {
		log_warnx("route %s%s: taken by environment %llu, not for %llu",
		    want->host, want->prefix, (unsigned long long)r->env_id,
		    (unsigned long long)want->env_id);
		return -1;
	}
	if (r == NULL)
		r = add();
	*r = *want;
	r->generation = next_generation();
	send_change(MSG_ROUTE_SET, r);
	return 0;
}

static void
delete_one(const struct msg_route *key)
{
	struct msg_route gone, *r = find(key);

	gone = *r;
	*r = table.v[--table.len];
	gone.generation = next_generation();
	send_change(MSG_ROUTE_DEL, &gone);
}

static size_t
copy_of(uint64_t env_id, struct msg_route *out)
{
	size_t i, n = 0;

	for (i = 0; i < table.len && n < ROUTES_ENV_MAX; i++) {
		if (table.v[i].env_id == env_id)
			out[n++] = table.v[i];
	}
	return n;
}

/* Make these, at most ROUTES_ENV_MAX, all the routes of an environment. */
void
routes_set(uint64_t env_id, const struct msg_route *want, size_t len,
    struct routes_change *c)
{
	struct msg_route have[ROUTES_ENV_MAX];
	struct route_step steps[2 * ROUTES_ENV_MAX];
	size_t have_len, i, n;

	memset(c, 0, sizeof(*c));
	have_len = copy_of(env_id, have);
	n = route_diff(have, have_len, want, len, steps);
	for (i = 0; i < n; i++) {
		if (!steps[i].is_set)
			delete_one(&have[steps[i].i]);
		else if (set_one(&want[steps[i].i]) == -1)
			continue;
		if (c->count++ == 0)
			c->first = table.generation;
		c->last = table.generation;
	}
}

/* Give a worker the whole table; before routes_open() it keeps what it has. */
void
routes_load(struct peer *worker)
{
	struct msg_route_load m;
	int fd;

	if (!table.is_open || (fd = route_file(table.v, table.len)) == -1)
		return;
	memset(&m, 0, sizeof(m));
	m.generation = table.generation;
	m.count = (uint32_t)table.len;
	if (peer_send_fd(worker, MSG_ROUTE_LOAD, &m, sizeof(m), MSG_NO_TAIL,
		fd) == 0)
		workers_sent(worker, m.generation);
	close(fd);
}

static void
load(struct peer *worker, void *unused)
{
	(void)unused;
	routes_load(worker);
}

/* The table is complete: from now on the workers follow it. */
void
routes_open(void)
{
	if (table.is_open)
		return;
	table.is_open = 1;
	table.is_changed = 1;
	next_generation();
	child_each(PROC_EDGE, load, NULL);
}

/*
 * A worker has a table that is newer than ours, because the clock went back:
 * go past it, and give all of them ours again.
 */
void
routes_outrun(uint64_t generation)
{
	if (!table.is_open || generation <= table.generation)
		return;
	log_warnx("routes: the clock went back");
	table.generation = generation;
	table.is_changed = 1;
	next_generation();
	child_each(PROC_EDGE, load, NULL);
}

/* Give the parent what changed in this turn. */
void
routes_publish(void)
{
	struct msg_route_load m;
	int fd;

	if (!table.is_open || !table.is_changed)
		return;
	if ((fd = route_file(table.v, table.len)) == -1)
		return;
	memset(&m, 0, sizeof(m));
	m.generation = table.generation;
	m.count = (uint32_t)table.len;
	if (peer_send_fd(child_parent(), MSG_ROUTE_SNAPSHOT, &m, sizeof(m),
		MSG_NO_TAIL, fd) == 0)
		table.is_changed = 0;
	close(fd);
}
