/*
 * The edge workers: who has acknowledged which generation of the routes.
 * One that is silent for too long is reported, for the parent to kill, and
 * counts no more.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "child.h"
#include "drain.h"
#include "log.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "peer.h"
#include "release.h"
#include "routes.h"
#include "timer.h"
#include "workers.h"

#define SILENCE_MS 2000

struct worker {
	LIST_ENTRY(worker) entry;
	struct peer *peer;
	struct event *timer;
	uint64_t sent;
	uint64_t acked;
	int is_bad; /* its end was asked for */
};

static LIST_HEAD(, worker)
workers = LIST_HEAD_INITIALIZER(workers);
static struct event_base *base;

void
workers_init(struct event_base *b)
{
	base = b;
}

static struct worker *
find(const struct peer *p)
{
	struct worker *w;

	LIST_FOREACH(w, &workers, entry) {
		if (w->peer == p)
			return w;
	}
	return NULL;
}

/* It counts as having acknowledged and drained all. */
static void
count_out(struct worker *w)
{
	w->is_bad = 1;
	event_del(w->timer);
	drain_worker_gone(peer_instance(w->peer));
	release_routes_settled();
}

static void
on_silence(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct msg_peer_bad m;

	(void)fd;
	(void)what;
	log_warnx("edge worker %u does not acknowledge its routes",
	    (unsigned int)peer_instance(w->peer));
	memset(&m, 0, sizeof(m));
	m.proc = PROC_EDGE;
	m.instance = peer_instance(w->peer);
	m.generation = peer_generation(w->peer);
	m.error = MSG_EQUEUE;
	m.type = MSG_ROUTE_ACK;
	peer_send(child_parent(), MSG_PEER_BAD, &m, sizeof(m));
	count_out(w);
}

/* A worker is there (again); it gets the whole table. */
void
workers_up(struct peer *p)
{
	struct worker *w;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		fatal("worker");
	w->timer = timer_new(base, on_silence, w);
	w->peer = p;
	LIST_INSERT_HEAD(&workers, w, entry);
	routes_load(p);
}

void
workers_down(struct peer *p)
{
	struct worker *w = find(p);

	if (w == NULL)
		return;
	if (!w->is_bad)
		count_out(w);
	LIST_REMOVE(w, entry);
	event_free(w->timer);
	free(w);
	release_routes_settled();
}

/* A generation is on its way to a worker, which has to acknowledge it. */
static void
expect(struct worker *w, uint64_t generation)
{
	if (w->sent == w->acked)
		timer_set(w->timer, SILENCE_MS);
	w->sent = generation;
}

void
workers_sent(struct peer *p, uint64_t generation)
{
	struct worker *w = find(p);

	if (w != NULL && !w->is_bad)
		expect(w, generation);
}

/* Send a change to all.  Who can't take it is taken down by its edge. */
void
workers_send(uint32_t type, const struct msg_route *r)
{
	struct worker *w;

	LIST_FOREACH(w, &workers, entry) {
		if (!w->is_bad && peer_send(w->peer, type, r, sizeof(*r)) == 0)
			expect(w, r->generation);
	}
}

/* ROUTE_ACK: everything up to this generation is in force there. */
void
workers_ack(struct peer *p, const struct msg_route_load *m)
{
	struct worker *w = find(p);

	if (w == NULL || w->is_bad)
		return;
	if (m->generation > w->sent) {
		routes_outrun(m->generation);
		return;
	}
	if (m->generation <= w->acked)
		return;
	w->acked = m->generation;
	if (m->draining == 0)
		drain_worker_clear(peer_instance(p));
	if (w->acked == w->sent)
		event_del(w->timer);
	else
		timer_set(w->timer, SILENCE_MS);
	release_routes_settled();
}

/* Say whether every worker that counts has this generation; 0 always is. */
int
workers_acked(uint64_t generation)
{
	struct worker *w;

	LIST_FOREACH(w, &workers, entry) {
		if (!w->is_bad && w->acked < generation)
			return 0;
	}
	return 1;
}

/* Write down who counts.  Returns how many, at most max. */
size_t
workers_living(uint32_t *instances, size_t max)
{
	struct worker *w;
	size_t n = 0;

	LIST_FOREACH(w, &workers, entry) {
		if (!w->is_bad && n < max)
			instances[n++] = peer_instance(w->peer);
	}
	return n;
}
