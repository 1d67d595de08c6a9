/*
 * The parent's loop: signals, pings, what children tell, the orderly end.
 */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "clock.h"
#include "edges.h"
#include "firewall.h"
#include "gitjob.h"
#include "handover.h"
#include "kid.h"
#include "log.h"
#include "msg_conf.h"
#include "msg_route.h"
#include "notify.h"
#include "parent.h"
#include "peer.h"
#include "run.h"
#include "tryout.h"

#define PING_S 5
#define SILENCE_MS 30000
#define END_S 10 /* what a child gets to end by itself */

static struct parent *parent;
static struct event *patience;
static int was_ready;

static void stop_step(void);

static void
route_snapshot(const struct msg_route_load *rl, struct msg *m)
{
	if (parent->snapshot != -1)
		close(parent->snapshot);
	parent->snapshot = m->fd;
	m->fd = -1;
	parent->snapshot_generation = rl->generation;
	parent->snapshot_count = rl->count;
}

static void
peer_bad(const struct kid *from, const struct msg_peer_bad *bad)
{
	struct kid *k = kid_find(bad->proc, bad->instance);

	if (k == NULL || k->pid == 0 || k->generation != bad->generation ||
	    !msg_edge(from->proc, bad->proc))
		return;
	kid_kill(k, msg_strerror(bad->error));
}

/* A child's word; nothing it says is trusted beyond its own edge. */
void
parent_from_kid(struct peer *p, struct msg *m)
{
	struct kid *k = peer_data(p);

	switch (m->type) {
	case MSG_READY:
		if (!k->is_ready)
			parent_kid_ready(k);
		break;
	case MSG_PONG:
		k->heard_ms = clock_ms();
		break;
	case MSG_PEER_BAD:
		peer_bad(k, m->data);
		break;
	case MSG_GIT_START:
		gitjob_start(parent, k, m->data);
		break;
	case MSG_GIT_KILL:
		gitjob_kill(m->data);
		break;
	case MSG_ROUTE_SNAPSHOT:
		route_snapshot(m->data, m);
		break;
#ifdef CID_REGRESS
	case MSG_TRY_DONE:
		tryout_done(k, m->data);
		break;
#endif
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

/*
 * Let a living worker accept for each that is not there.  To be given again
 * what it has already changes nothing for it.
 */
static void
cover_workers(void)
{
	struct kid *heir = NULL, *k = NULL;

	while ((heir = kid_next(heir)) != NULL) {
		if (heir->proc == PROC_EDGE && heir->is_ready)
			break;
	}
	while (heir != NULL && (k = kid_next(k)) != NULL) {
		if (k->proc == PROC_EDGE && !k->is_ready)
			handover_adopt(parent, heir, k->instance);
	}
}

/* A worker is there: nobody else accepts from its own listeners. */
static void
return_listeners(const struct kid *k)
{
	struct kid *o = NULL;

	while ((o = kid_next(o)) != NULL) {
		if (o != k && o->proc == PROC_EDGE && o->is_ready)
			handover_drop(parent, o, k->instance);
	}
}

static int
all_ready(void)
{
	struct kid *k = NULL;

	while ((k = kid_next(k)) != NULL) {
		if (k->proc != PROC_GIT && !k->is_ready)
			return 0;
	}
	return 1;
}

/* Workers end first, see stop_step(). */
static int
is_to_stop(enum proc proc)
{
	return parent->stopping == 2 ||
	    (parent->stopping == 1 &&
		(proc == PROC_EDGE || proc == PROC_ADMIN));
}

/* A child entered its sandbox: join it with its neighbours. */
void
parent_kid_ready(struct kid *k)
{
	k->is_ready = 1;
	k->heard_ms = clock_ms();
	if (is_to_stop(k->proc)) {
		peer_send(k->peer, MSG_STOP, NULL, 0);
		return;
	}
	edges_make(k);
	tryout_ready(k);
	if (k->proc == PROC_EDGE) {
		return_listeners(k);
		cover_workers();
	}
	if (!was_ready && all_ready()) {
		was_ready = 1;
		log_info("ready");
		notify_ready();
		tryout_begin(parent);
	}
}

void
parent_kid_gone(struct kid *k, int status)
{
	tryout_gone(k, status);
	if (k->proc == PROC_GIT)
		gitjob_ended(parent, k);
	if (k->proc == PROC_BUILDER)
		gitjob_orphaned();
	if (parent->stopping) {
		stop_step();
		return;
	}
	if (k->proc == PROC_EDGE)
		cover_workers();
}

static void
on_child(evutil_socket_t sig, short what, void *arg)
{
	struct kid *k;
	pid_t pid;
	int status;

	(void)sig;
	(void)what;
	(void)arg;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((k = kid_by_pid(pid)) != NULL)
			kid_died(k, status);
	}
}

static void
on_ping(evutil_socket_t fd, short what, void *arg)
{
	static struct msg_ping ping;
	struct kid *k = NULL;
	uint64_t now = clock_ms();

	(void)fd;
	(void)what;
	(void)arg;
	ping.number++;
	while ((k = kid_next(k)) != NULL) {
		/* A cid-git is busy in a library; its time limit ends it. */
		if (k->pid == 0 || k->proc == PROC_GIT)
			continue;
		if (now - k->heard_ms > SILENCE_MS)
			kid_kill(k, "it is silent");
		else if (k->is_ready)
			peer_send(k->peer, MSG_PING, &ping, sizeof(ping));
	}
}

/* One that is only starting hears of it when it is ready. */
static void
tell_stop(enum proc proc)
{
	struct kid *k = NULL;

	while ((k = kid_next(k)) != NULL) {
		if (k->proc == proc && k->is_ready)
			peer_send(k->peer, MSG_STOP, NULL, 0);
	}
}

static void
wait_at_most(uint32_t seconds)
{
	struct timeval tv = { seconds, 0 };

	evtimer_add(patience, &tv);
}

/* First the workers finish what they have; then nobody needs the others. */
static void
stop_step(void)
{
	if (parent->stopping == 1 && kid_count(PROC_EDGE) == 0 &&
	    kid_count(PROC_ADMIN) == 0) {
		parent->stopping = 2;
		tell_stop(PROC_API);
		tell_stop(PROC_DEPLOYER);
		tell_stop(PROC_BUILDER);
		tell_stop(PROC_GIT);
		wait_at_most(END_S);
	}
	if (parent->stopping == 2 && kid_count(PROC_API) == 0 &&
	    kid_count(PROC_DEPLOYER) == 0 && kid_count(PROC_BUILDER) == 0 &&
	    kid_count(PROC_GIT) == 0)
		event_base_loopexit(parent->base, NULL);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	struct kid *k = NULL;

	(void)fd;
	(void)what;
	(void)arg;
	while ((k = kid_next(k)) != NULL) {
		if (k->proc == PROC_EDGE || k->proc == PROC_ADMIN ||
		    parent->stopping == 2)
			kid_kill(k, "it does not end");
	}
}

/* Begin the orderly end; containers run on. */
void
run_stop(void)
{
	if (parent->stopping)
		return;
	log_info("stopping");
	parent->stopping = 1;
	notify_stopping();
	open_close(&parent->open);
	tell_stop(PROC_EDGE);
	tell_stop(PROC_ADMIN);
	wait_at_most(parent->conf.drain + 2);
	stop_step();
}

static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	run_stop();
}

/* What only a start can change stays as it is. */
static void
keep_fixed(const struct conf *old, struct conf *new)
{
	if (memcmp(old->proxy, new->proxy, sizeof(old->proxy)) != 0 ||
	    memcmp(old->api, new->api, sizeof(old->api)) != 0 ||
	    old->workers != new->workers || strcmp(old->data, new->data) != 0 ||
	    strcmp(old->keys, new->keys) != 0 ||
	    strcmp(old->run, new->run) != 0 ||
	    strcmp(old->user_prefix, new->user_prefix) != 0 ||
	    memcmp(&old->pool, &new->pool, sizeof(old->pool)) != 0)
		log_warnx("reload: listeners, workers, directories, users "
			  "and the pool change only when cid is started anew");
	memcpy(new->proxy, old->proxy, sizeof(new->proxy));
	memcpy(new->api, old->api, sizeof(new->api));
	new->proxy_len = old->proxy_len;
	new->api_len = old->api_len;
	new->workers = old->workers;
	memcpy(new->data, old->data, sizeof(new->data));
	memcpy(new->keys, old->keys, sizeof(new->keys));
	memcpy(new->run, old->run, sizeof(new->run));
	memcpy(new->user_prefix, old->user_prefix, sizeof(new->user_prefix));
	new->pool = old->pool;
}

static void
on_reload(evutil_socket_t sig, short what, void *arg)
{
	static struct conf new;
	struct kid *k = NULL;

	(void)sig;
	(void)what;
	(void)arg;
	conf_default(&new);
	if (conf_parse(&new, parent->conf_file, parent->conf_missing_ok) ==
	    -1) {
		log_warnx("reload: %s has errors; nothing changed",
		    parent->conf_file);
		return;
	}
	keep_fixed(&parent->conf, &new);
	parent->conf = new;
	parent->firewall_ok = firewall_load(&parent->conf, &parent->users,
				  parent->keys.instance) == 0;
	while ((k = kid_next(k)) != NULL) {
		if (k->is_ready && k->proc != PROC_GIT)
			handover_conf(parent, k);
	}
	log_info("reloaded %s", parent->conf_file);
}

static void
add_signal(int sig, event_callback_fn fn)
{
	struct event *ev = evsignal_new(parent->base, sig, fn, NULL);

	if (ev == NULL || evsignal_add(ev, NULL) == -1)
		fatalx("signal %d", sig);
}

static void
start_all(void)
{
	static const enum proc others[] = { PROC_API, PROC_BUILDER,
		PROC_DEPLOYER, PROC_ADMIN };
	size_t i;
	uint32_t w;

	for (w = 0; w < parent->conf.workers; w++)
		kid_add(PROC_EDGE, w, 0);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		kid_add(others[i], 0, 0);
}

/* Serve until told to stop.  Returns the exit status. */
int
run(struct parent *p)
{
	static const struct timeval interval = { PING_S, 0 };
	struct event *ping;
	struct kid *k = NULL;

	parent = p;
	p->snapshot = -1;
	if ((p->base = event_base_new()) == NULL)
		fatalx("event loop");
	add_signal(SIGCHLD, on_child);
	add_signal(SIGTERM, on_stop);
	add_signal(SIGINT, on_stop);
	add_signal(SIGHUP, on_reload);
	ping = event_new(p->base, -1, EV_PERSIST, on_ping, NULL);
	patience = evtimer_new(p->base, on_patience, NULL);
	if (ping == NULL || patience == NULL ||
	    evtimer_add(ping, &interval) == -1)
		fatalx("timer");
	kid_init(p);
	start_all();
	while ((k = kid_next(k)) != NULL) {
		if (kid_start(k) == -1)
			kid_died(k, 0);
	}
	event_base_dispatch(p->base);
	open_close(&p->open);
	return tryout_status();
}
