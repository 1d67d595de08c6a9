/*
 * Makes sure that a network is there: an environment's or a build's, named
 * and addressed after its number.  One that goes by its name but is another
 * is replaced if it is cid's, else left alone.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/event.h>

#include "addr.h"
#include "answer.h"
#include "conf.h"
#include "docker.h"
#include "log.h"
#include "msg_conf.h"
#include "network.h"
#include "template_network.h"

#define AGAIN_MS 100
#define AGAIN_MAX 100 /* times, before another's bridge is an error */

static struct event_base *loop;

struct network {
	struct template_network template;
	struct docker_req *req;
	struct event *again;
	unsigned int tries;
	void (*done)(void *, enum reason, const char *);
	void *arg;
	int replaced; /* once is enough */
};

static void create(struct network *);

void
network_init(struct event_base *base)
{
	loop = base;
}

static void
finish(struct network *n, enum reason reason, const char *text)
{
	n->done(n->arg, reason, text);
	event_free(n->again);
	free(n);
}

static void
fail(struct network *n, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	finish(n, reason, text);
}

static void
on_removed(void *arg, const struct docker_answer *a)
{
	struct network *n = arg;

	n->req = NULL;
	if (a->error == DOCKER_OK && (a->status < 300 || a->status == 404))
		create(n);
	else
		fail(n, a);
}

static const struct docker_ops removed_ops = { .done = on_removed };

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	create(arg);
}

/*
 * Not there although it could not be made: the engine still makes it, or
 * takes it away, for a builder that is no more.
 */
static void
on_inspected(void *arg, const struct docker_answer *a)
{
	static const struct timeval pause = { 0, AGAIN_MS * 1000L };
	struct docker_ask ask = DOCKER_ASK(DOCKER_NETWORK_REMOVE);
	struct network *n = arg;

	n->req = NULL;
	if (a->error == DOCKER_OK && a->status == 404 &&
	    n->tries++ < AGAIN_MAX) {
		event_add(n->again, &pause);
	} else if (a->error != DOCKER_OK || a->status != 200) {
		fail(n, a);
	} else if (template_is_network(&n->template, a->body, a->len)) {
		finish(n, REASON_NONE, "");
	} else if (n->replaced ||
	    !template_is_network_of(a->body, a->len,
		n->template.label.instance)) {
		finish(n, REASON_ENGINE_ERROR,
		    "a network of that name is not cid's");
	} else {
		n->replaced = 1;
		ask.a = n->template.name;
		n->req = docker_start(&ask, &removed_ops, n);
	}
}

static const struct docker_ops inspected_ops = { .done = on_inspected };

static int
is_taken(const struct docker_answer *a)
{
	return a->status == 409 || strstr(a->body, "already exists") != NULL ||
	    strstr(a->body, "same bridge name") != NULL ||
	    strstr(a->body, "Pool overlaps") != NULL;
}

static void
on_created(void *arg, const struct docker_answer *a)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_NETWORK_INSPECT);
	struct network *n = arg;

	n->req = NULL;
	if (a->error == DOCKER_OK && a->status == 201) {
		finish(n, REASON_NONE, "");
	} else if (a->error == DOCKER_OK && is_taken(a)) {
		ask.a = n->template.name;
		n->req = docker_start(&ask, &inspected_ops, n);
	} else {
		fail(n, a);
	}
}

static const struct docker_ops created_ops = { .done = on_created };

static void
create(struct network *n)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_NETWORK_CREATE);
	char *body = template_network(&n->template, &ask.body_len);

	if (body == NULL)
		fatal("network");
	ask.body = body;
	n->req = docker_start(&ask, &created_ops, n);
	free(body);
}

/* The name of the network that these labels are for. */
const char *
network_name(const struct label *l, char *buf)
{
	if (l->kind == LABEL_NETWORK)
		return name_env_network(buf, l->instance, l->env_id);
	return name_build_network(buf, l->instance, l->project_id, l->number);
}

/* A build's network takes any addresses and goes with the build. */
static void
describe(struct template_network *t, const struct label *l)
{
	uint32_t number = NETWORK_BUILDS | (l->build_id & (NETWORK_BUILDS - 1));

	t->label = *l;
	network_name(l, t->name);
	if (l->kind == LABEL_NETWORK) {
		number = l->net;
		if (addr_net(&conf()->pool, l->net, &t->base) == -1)
			t->base = 0;
	}
	name_bridge(t->bridge, l->instance, number);
}

/* label.kind is LABEL_NETWORK, of env_id and net, or LABEL_BUILD_NETWORK. */
struct network *
network_make(const struct label *l,
    void (*done)(void *, enum reason, const char *), void *arg)
{
	struct network *n;

	if ((n = calloc(1, sizeof(*n))) == NULL ||
	    (n->again = event_new(loop, -1, 0, on_again, n)) == NULL)
		fatal("network");
	describe(&n->template, l);
	n->done = done;
	n->arg = arg;
	create(n);
	return n;
}

/* Forget it; done is not called.  NULL is allowed. */
void
network_cancel(struct network *n)
{
	if (n == NULL)
		return;
	docker_cancel(n->req);
	event_free(n->again);
	free(n);
}
