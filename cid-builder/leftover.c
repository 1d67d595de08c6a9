/*
 * Removes what builds left behind that nobody is doing any more.  Not before
 * the API has named all builds that it believes are being done.
 */

#include <stddef.h>

#include <event2/event.h>

#include "artifact.h"
#include "build.h"
#include "conf.h"
#include "engine.h"
#include "label.h"
#include "leftover.h"
#include "log.h"
#include "msg_conf.h"
#include "sweep.h"

#define AGAIN_S 60

static struct sweep *sweep;
static struct event *again;
static int is_allowed;

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	leftover_sweep();
}

void
leftover_init(struct event_base *base)
{
	if ((again = event_new(base, -1, 0, on_again, NULL)) == NULL)
		fatal("leftovers");
}

/* Something could not be removed: the engine may let go of it by and by. */
void
leftover_later(void)
{
	static const struct timeval tv = { AGAIN_S, 0 };

	if (!event_pending(again, EV_TIMEOUT, NULL))
		event_add(again, &tv);
}

static int
is_unwanted(const struct label *l, void *arg)
{
	(void)arg;
	if (l->kind == LABEL_SHELF)
		return !artifact_is_read(l->project_id, l->number);
	if (l->kind != LABEL_BUILD && l->kind != LABEL_BUILD_NETWORK)
		return 0;
	return !build_is_known(l->project_id, l->number, l->build_id);
}

static void
on_done(void *arg, const struct sweep_counts *c)
{
	(void)arg;
	sweep = NULL;
	if (c->containers + c->networks > 0)
		log_info("%u containers and %u networks of lost builds were "
			 "removed",
		    c->containers, c->networks);
	if (c->failed)
		leftover_later();
}

/* The API has named its builds. */
void
leftover_allow(void)
{
	is_allowed = 1;
	leftover_sweep();
}

void
leftover_sweep(void)
{
	char filter[256];

	if (!is_allowed || sweep != NULL || !engine_is_up())
		return;
	label_filter(filter, sizeof(filter), conf()->instance, LABEL_OTHER);
	sweep = sweep_start(filter, is_unwanted, on_done, NULL);
}

/* The engine went away. */
void
leftover_stop(void)
{
	sweep_cancel(sweep);
	sweep = NULL;
}
