/*
 * What every program that the parent starts does alike: take what is handed
 * over before the sandbox, answer pings, keep the table of its edges, end
 * when told to or when the parent is gone.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/sys/queue.h>
#include <bsd/unistd.h>
#include <event2/event.h>

#include "child.h"
#include "frame.h"
#include "log.h"
#include "msg_conf.h"
#include "peer.h"
#include "try.h"

#define PARENT_FD 3

struct edge {
	LIST_ENTRY(edge) entry;
	struct peer *peer;
	const struct child_edge *kind;
};

static LIST_HEAD(, edge)
edges = LIST_HEAD_INITIALIZER(edges);
static const struct child *self;
static struct child_user user = { (uid_t)-1, (gid_t)-1, (gid_t)-1 };
static uint32_t instance;
static struct event_base *loop;
static struct peer *parent;

#if defined(__SANITIZE_ADDRESS__)
/* In a sandbox nothing can be started to print symbols or find leaks. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "symbolize=0:detect_leaks=0:handle_segv=0";
}
#endif

static const struct child_edge *
edge_kind(enum proc them)
{
	size_t i;

	for (i = 0; i < self->edges_len; i++) {
		if (self->edges[i].them == them)
			return &self->edges[i];
	}
	return NULL;
}

static uint32_t
number_arg(const char *arg, const char *what)
{
	const char *err;
	long long n;

	n = strtonum(arg, 0, UINT32_MAX, &err);
	if (err != NULL)
		fatalx("%s is %s: %s", what, err, arg);
	return (uint32_t)n;
}

static void
read_arguments(int argc, char **argv)
{
	int c, debug = 0, foreground = 0;

	while ((c = getopt(argc, argv, "dg:G:i:u:v")) != -1) {
		switch (c) {
		case 'd':
			foreground = 1;
			break;
		case 'g':
			user.gid = number_arg(optarg, "group");
			break;
		case 'G':
			user.extra = number_arg(optarg, "extra group");
			break;
		case 'i':
			instance = number_arg(optarg, "instance");
			break;
		case 'u':
			user.uid = number_arg(optarg, "user");
			break;
		case 'v':
			debug = 1;
			break;
		default:
			exit(2);
		}
	}
	log_init(proc_name(self->proc), foreground, debug);
	if (user.uid == (uid_t)-1 || user.gid == (gid_t)-1) {
		fprintf(stderr, "%s is started by cid(8), not by hand.\n",
		    argv[0]);
		exit(2);
	}
}

/* Take everything the parent hands over, up to START. */
static void
take_handover(void)
{
	const struct child_edge *kind = edge_kind(PROC_PARENT);
	struct frame_queue none;
	struct frame_in in;
	struct msg m;
	enum msg_error e;
	enum frame_result r;
	int started = 0;

	frame_init(&in, &none);
	while (!started) {
		while ((r = frame_next(&in, &m)) == FRAME_MORE) {
			if (frame_read(&in, PARENT_FD) != FRAME_OK)
				fatalx("the parent is gone");
		}
		if (r != FRAME_OK)
			fatalx("the parent does not speak in frames");
		if ((e = msg_check(&m, PROC_PARENT, self->proc)) != MSG_OK)
			fatalx("%s from the parent: %s", msg_name(m.type),
			    msg_strerror(e));
		if (m.type == MSG_START)
			started = 1;
		else
			kind->from(NULL, &m);
		frame_done(&in, &m);
	}
	if (in.len != 0)
		fatalx("the parent did not wait for READY");
	frame_clear(&in, &none);
}

/*
 * Begin a program's life: arguments, log, hand-over from the parent.  Still
 * root when it returns; the program's sandbox_enter() must follow before
 * anything else is read.  Does not return on failure.
 */
void
child_start(const struct child *c, int argc, char **argv)
{
	self = c;
	closefrom(PARENT_FD + 1); /* before the log opens its socket */
	read_arguments(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN); /* the parent says when to end */
	take_handover();
}

const struct child_user *
child_user(void)
{
	return &user;
}

/* The worker number of cid-proxy, the job number of cid-git, else 0. */
uint32_t
child_instance(void)
{
	return instance;
}

static struct edge *
edge_find(enum proc them, uint32_t n)
{
	struct edge *e;

	LIST_FOREACH(e, &edges, entry) {
		if (e->kind->them == them && peer_instance(e->peer) == n)
			return e;
	}
	return NULL;
}

static void
edge_drop(struct edge *e)
{
	if (e->kind->down != NULL)
		e->kind->down(e->peer);
	LIST_REMOVE(e, entry);
	free(e);
}

static void
edge_from(struct peer *p, struct msg *m)
{
	struct edge *e = peer_data(p);

	e->kind->from(p, m);
}

static void
edge_down(struct peer *p, enum msg_error error, uint32_t type)
{
	struct msg_peer_bad bad;

	if (error != MSG_OK) {
		log_warnx("%s: %s: %s", proc_name(peer_proc(p)), msg_name(type),
		    msg_strerror(error));
		memset(&bad, 0, sizeof(bad));
		bad.proc = peer_proc(p);
		bad.instance = peer_instance(p);
		bad.generation = peer_generation(p);
		bad.error = error;
		bad.type = type;
		peer_send(parent, MSG_PEER_BAD, &bad, sizeof(bad));
	}
	edge_drop(peer_data(p));
}

static const struct peer_ops edge_ops = { edge_from, edge_down };

/* An edge made anew takes the place of the one that broke. */
static void
edge_new(const struct msg_peer_new *pn, int fd)
{
	const struct child_edge *kind = edge_kind(pn->proc);
	struct peer_id id;
	struct edge *e;
	struct peer *old;

	if (kind == NULL)
		fatalx("an edge to %s is not in the table",
		    proc_name(pn->proc));
	if ((e = edge_find(pn->proc, pn->instance)) != NULL) {
		old = e->peer;
		edge_drop(e);
		peer_free(old);
	}
	if ((e = calloc(1, sizeof(*e))) == NULL)
		fatal("edge");
	e->kind = kind;
	id = (struct peer_id){ self->proc, pn->proc, pn->instance,
		pn->generation };
	e->peer = peer_new(loop, fd, &id, &edge_ops);
	if (e->peer == NULL)
		fatal("edge to %s", proc_name(pn->proc));
	peer_set_data(e->peer, e);
	LIST_INSERT_HEAD(&edges, e, entry);
	if (kind->up != NULL)
		kind->up(e->peer);
}

static void
parent_from(struct peer *p, struct msg *m)
{
	switch (m->type) {
	case MSG_PING:
		peer_send(p, MSG_PONG, m->data, m->len);
		break;
	case MSG_PEER_NEW:
		edge_new(m->data, m->fd);
		m->fd = -1;
		break;
	case MSG_STOP:
		self->stop();
		break;
#ifdef CID_REGRESS
	case MSG_TRY:
		try_answer(p, m->data);
		break;
#endif
	default:
		edge_kind(PROC_PARENT)->from(p, m);
	}
}

static void
parent_down(struct peer *p, enum msg_error error, uint32_t type)
{
	(void)p;
	if (error != MSG_OK)
		log_warnx("parent: %s: %s", msg_name(type),
		    msg_strerror(error));
	parent = NULL;
	child_exit();
}

static const struct peer_ops parent_ops = { parent_from, parent_down };

/*
 * Say READY and serve until child_exit(), the parent's end, or a failure of
 * the loop itself, which is fatal.
 */
void
child_loop(struct event_base *base)
{
	struct peer_id id = { self->proc, PROC_PARENT, 0, 0 };

	loop = base;
	parent = peer_new(base, PARENT_FD, &id, &parent_ops);
	if (parent == NULL)
		fatal("parent");
	peer_send(parent, MSG_READY, NULL, 0);
	if (event_base_dispatch(base) == -1)
		fatalx("event loop");
}

/* End the loop after this turn; main() then cleans up. */
void
child_exit(void)
{
	event_base_loopexit(loop, NULL);
}

/* The edge to a neighbour, or NULL while it is down: see peer_send(). */
struct peer *
child_peer(enum proc them, uint32_t n)
{
	struct edge *e = edge_find(them, n);

	return e == NULL ? NULL : e->peer;
}

struct peer *
child_parent(void)
{
	return parent;
}

/* Call f for each living edge of one kind; f may send but not free. */
void
child_each(enum proc them, void (*f)(struct peer *, void *), void *arg)
{
	struct edge *e, *next;

	LIST_FOREACH_SAFE(e, &edges, entry, next)
	{
		if (e->kind->them == them)
			f(e->peer, arg);
	}
}
