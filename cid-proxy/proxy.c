/*
 * A worker's own life: its clock, whose turn it is, and its end.
 */

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "child.h"
#include "client.h"
#include "clock.h"
#include "deadline.h"
#include "listen.h"
#include "log.h"
#include "proxy.h"
#include "upstream.h"

static const struct timeval second = { 1, 0 };
static const struct timeval now = { 0, 0 };

static uint32_t
seconds(void)
{
	return (uint32_t)(clock_ms() / 1000) + 1;
}

/* Tick only while there is something to look after. */
static void
tick_again(struct proxy *px)
{
	if (px->clients_len != 0 || !TAILQ_EMPTY(&px->idle) || px->is_paused)
		evtimer_add(px->tick, &second);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *px = arg;

	(void)fd;
	(void)what;
	px->now = seconds();
	wheel_turn(&px->wheel, px->now, deadline_expired);
	upstream_age(px);
	listen_resume(px);
	proxy_reap(px);
	tick_again(px);
}

/* Go on with those who had more to do than their share. */
static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *px = arg;
	struct client *c;
	uint32_t n = 0;

	(void)fd;
	(void)what;
	/* Those who come meanwhile have their turn after the next poll. */
	TAILQ_FOREACH(c, &px->resume, resume) {
		n++;
	}
	for (; n > 0 && (c = TAILQ_FIRST(&px->resume)) != NULL; n--) {
		TAILQ_REMOVE(&px->resume, c, resume);
		c->resuming = 0;
		px->turns = PROXY_TURNS;
		client_run(c);
	}
	proxy_reap(px);
}

static void
on_stop_limit(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *px = arg;

	(void)fd;
	(void)what;
	log_info("%u connections cut", px->clients_len);
	child_exit();
}

/* Start with nothing.  The hand-over from the parent fills it in. */
void
proxy_init(struct proxy *px, int is_admin)
{
	memset(px, 0, sizeof(*px));
	px->is_admin = is_admin;
	px->first_fd = -1;
	px->now = seconds();
	wheel_init(&px->wheel, px->now);
	LIST_INIT(&px->listeners);
	LIST_INIT(&px->clients);
	TAILQ_INIT(&px->resume);
	TAILQ_INIT(&px->idle);
	SLIST_INIT(&px->dead);
}

/* Make the loop and what belongs to it.  Does not return on failure. */
void
proxy_start(struct proxy *px)
{
	struct event_config *cfg;

	if ((cfg = event_config_new()) == NULL ||
	    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK) == -1 ||
	    event_config_require_features(cfg,
		EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE) == -1 ||
	    (px->base = event_base_new_with_config(cfg)) == NULL)
		fatalx("event loop");
	event_config_free(cfg);
	px->tick = evtimer_new(px->base, on_tick, px);
	px->again = evtimer_new(px->base, on_again, px);
	px->stop_limit = evtimer_new(px->base, on_stop_limit, px);
	px->room = malloc(PROXY_ROOM + PROXY_READ);
	px->out = malloc(PROXY_ROOM);
	if (px->tick == NULL || px->again == NULL || px->stop_limit == NULL ||
	    px->room == NULL || px->out == NULL)
		fatalx("out of memory");
	px->data = px->room + PROXY_ROOM;
	px->next_id = clock_wall_ms() << 20 ^ (uint64_t)child_instance() << 8;
}

/* A connection came: let time pass again. */
void
proxy_awake(struct proxy *px)
{
	if (evtimer_pending(px->tick, NULL))
		return;
	px->now = seconds();
	wheel_turn(&px->wheel, px->now, deadline_expired);
	evtimer_add(px->tick, &second);
}

/*
 * Take one read from the share of whoever is served in this callback.
 * Returns 0 when it is used up; then c goes on after the others.
 */
int
proxy_turn(struct proxy *px, struct client *c)
{
	if (px->turns == 0) {
		proxy_resume(px, c);
		return 0;
	}
	px->turns--;
	return 1;
}

/* Run a client in the next turn of the loop. */
void
proxy_resume(struct proxy *px, struct client *c)
{
	if (c->resuming || c->state == CLIENT_DEAD)
		return;
	c->resuming = 1;
	TAILQ_INSERT_TAIL(&px->resume, c, resume);
	if (!evtimer_pending(px->again, NULL))
		evtimer_add(px->again, &now);
}

/*
 * Free a client or upstream, whose first member c is, once nobody up the
 * stack can be using it.
 */
void
proxy_bury(struct proxy *px, struct conn *c)
{
	SLIST_INSERT_HEAD(&px->dead, c, dead);
}

/* The end of a callback. */
void
proxy_reap(struct proxy *px)
{
	struct conn *c;

	while ((c = SLIST_FIRST(&px->dead)) != NULL) {
		SLIST_REMOVE_HEAD(&px->dead, dead);
		free(c);
	}
}

/* Accept no more, finish what goes on within the drain limit, then exit. */
void
proxy_stop(struct proxy *px)
{
	struct client *c, *next;
	struct timeval tv = { px->limits.drain_ms / 1000,
		px->limits.drain_ms % 1000 * 1000L };

	if (px->is_stopping)
		return;
	px->is_stopping = 1;
	listen_close(px);
	LIST_FOREACH_SAFE(c, &px->clients, all, next)
	{
		if (client_is_idle(c))
			client_close(c);
	}
	evtimer_add(px->stop_limit, &tv);
	proxy_gone(px);
	proxy_reap(px);
}

/* A client is gone: there is room for another. */
void
proxy_gone(struct proxy *px)
{
	listen_resume(px);
	if (px->is_stopping && px->clients_len == 0)
		child_exit();
}
