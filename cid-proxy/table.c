/*
 * Changes of the route table: in force when acknowledged, and what they
 * leave without a route drains.
 */

#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "drain.h"
#include "log.h"
#include "msg.h"
#include "msg_route.h"
#include "peer.h"
#include "proxy.h"
#include "route.h"
#include "table.h"
#include "target.h"

static uint32_t
count_draining(struct proxy *px)
{
	struct target *t = NULL;
	uint32_t n = 0;

	while ((t = target_next(px, t)) != NULL)
		n += t->is_draining != 0;
	return n;
}

static void
acknowledge(struct proxy *px, struct peer *p)
{
	struct msg_route_load m;

	if (p == NULL)
		return;
	memset(&m, 0, sizeof(m));
	m.generation = px->generation;
	m.count = (uint32_t)route_count(px->routes);
	m.draining = count_draining(px);
	peer_send(p, MSG_ROUTE_ACK, &m, sizeof(m));
}

/*
 * Make a route of what a message says.  One that leads out of the pool leads
 * nowhere.  Returns NULL after logging when out of memory.
 */
static struct route *
make(struct proxy *px, const struct msg_route *m)
{
	struct target *t = NULL;
	struct route *r;
	char addr[16];

	if (m->state == ROUTE_LIVE && addr_in_pool(&px->limits.pool, m->addr))
		t = target_for(px, m);
	else if (m->state == ROUTE_LIVE)
		log_warnx("route %s%s: %s is not in the pool", m->host,
		    m->prefix, addr_print(m->addr, addr, sizeof(addr)));
	if ((r = route_new(m, t)) == NULL)
		log_warn("route %s%s", m->host, m->prefix);
	return r;
}

static void
gain(struct route *r, void *unused)
{
	struct target *t = r->target;

	(void)unused;
	if (t == NULL)
		return;
	t->routes++;
	if (t->is_draining)
		drain_cancel(t);
}

static void
lose(struct route *r, void *unused)
{
	(void)unused;
	if (r->target != NULL)
		r->target->routes--;
}

/* Let every target drain that no route leads to. */
static void
drain_unused(struct proxy *px)
{
	struct target *t, *next;

	for (t = target_next(px, NULL); t != NULL; t = next) {
		next = target_next(px, t);
		if (t->routes == 0 && !t->is_draining)
			drain_begin(t, px->generation, px->limits.drain_ms);
	}
}

/* Say whether one entry of a route file is as ROUTE_SET would have to be. */
static int
entry_ok(const struct msg_route *m)
{
	struct msg frame = { MSG_ROUTE_SET, sizeof(*m), -1, m };

	return msg_check_value(&frame) == MSG_OK;
}

static struct route_table *
read_entries(struct proxy *px, const struct msg_route *m, uint32_t count)
{
	struct route_table *table;
	struct route *r;
	uint32_t i;

	if ((table = route_table_new(count)) == NULL) {
		log_warn("route table");
		return NULL;
	}
	for (i = 0; i < count; i++) {
		if (!entry_ok(&m[i])) {
			log_warnx("route file: entry %u is not valid", i);
			continue;
		}
		if ((r = make(px, &m[i])) != NULL)
			route_unref(route_put(table, r));
	}
	return table;
}

/*
 * Read a route file, which nobody can change or cut any more.  Returns NULL
 * after logging why.
 */
static struct route_table *
read_file(struct proxy *px, int fd, uint32_t count)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_WRITE;
	struct route_table *table;
	struct stat st;
	size_t len = (size_t)count * sizeof(struct msg_route);
	void *m;

	if (fstat(fd, &st) == -1 || (size_t)st.st_size != len ||
	    (fcntl(fd, F_GET_SEALS) & seals) != seals) {
		log_warnx("route file: not sealed, or not %u routes", count);
		return NULL;
	}
	if (count == 0)
		return read_entries(px, NULL, 0);
	m = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (m == MAP_FAILED) {
		log_warn("route file");
		return NULL;
	}
	table = read_entries(px, m, count);
	munmap(m, len);
	return table;
}

/*
 * Replace the whole table.  p is to be told, NULL at start.  A table that
 * can't be read changes nothing and is not acknowledged.
 */
void
table_load(struct proxy *px, struct peer *p, const struct msg_route_load *m,
    int fd)
{
	struct route_table *table;

	if (m->generation < px->generation) {
		acknowledge(px, p);
		return;
	}
	if ((table = read_file(px, fd, m->count)) == NULL)
		return;
	route_each(table, gain, NULL);
	route_each(px->routes, lose, NULL);
	route_table_free(px->routes);
	px->routes = table;
	px->generation = m->generation;
	acknowledge(px, p);
	drain_unused(px);
}

/* The parent has a table: read it in the sandbox.  fd is ours from here. */
void
table_keep(struct proxy *px, const struct msg_route_load *m, int fd)
{
	if (px->first_fd != -1)
		close(px->first_fd);
	px->first = *m;
	px->first_fd = fd;
}

/* Begin with the table that was kept, or an empty one. */
void
table_start(struct proxy *px)
{
	if ((px->routes = route_table_new(0)) == NULL)
		fatal("route table");
	if (px->first_fd == -1)
		return;
	table_load(px, NULL, &px->first, px->first_fd);
	close(px->first_fd);
	px->first_fd = -1;
	log_info("%zu routes", route_count(px->routes));
}

/* A route is out of the table: drop it, and drain what is left behind. */
static void
leave(struct proxy *px, struct route *r, uint32_t drain_ms)
{
	struct target *t;

	if (r == NULL)
		return;
	t = r->target;
	lose(r, NULL);
	route_unref(r);
	if (t != NULL && t->routes == 0 && !t->is_draining)
		drain_begin(t, px->generation, drain_ms);
}

/* Put one route in force. */
void
table_set(struct proxy *px, struct peer *p, const struct msg_route *m)
{
	struct route *r, *old;

	if (m->generation <= px->generation) {
		acknowledge(px, p);
		return;
	}
	if ((r = make(px, m)) == NULL)
		return;
	gain(r, NULL);
	old = route_put(px->routes, r);
	px->generation = m->generation;
	acknowledge(px, p);
	leave(px, old, m->drain_ms);
}

/* Take one route away. */
void
table_del(struct proxy *px, struct peer *p, const struct msg_route *m)
{
	struct route *old;

	if (m->generation <= px->generation) {
		acknowledge(px, p);
		return;
	}
	old = route_take(px->routes, m->host, m->prefix);
	px->generation = m->generation;
	acknowledge(px, p);
	leave(px, old, m->drain_ms);
}
