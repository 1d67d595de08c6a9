/*
 * cid-deployer: makes what runs equal what was decided, and tells the edge
 * workers where visitors go.  Keeps nothing on disk; after a restart cid-api
 * says what should be, cid-builder what is.
 */

#include <event2/event.h>

#include "check.h"
#include "child.h"
#include "dispatch.h"
#include "drain.h"
#include "log.h"
#include "order.h"
#include "release.h"
#include "sandbox_yourself.h"
#include "workers.h"

static const struct child_edge edges[] = {
	{ PROC_PARENT, deployer_from_parent, NULL, NULL },
	{ PROC_API, deployer_from_api, deployer_api_up, NULL },
	{ PROC_BUILDER, deployer_from_builder, deployer_builder_up,
	    deployer_builder_down },
	{ PROC_EDGE, deployer_from_edge, workers_up, workers_down },
};

/* Containers and visitors go on without us: there is nothing to end. */
static const struct child deployer = {
	.proc = PROC_DEPLOYER,
	.edges = edges,
	.edges_len = sizeof(edges) / sizeof(edges[0]),
	.stop = child_exit,
};

int
main(int argc, char **argv)
{
	struct event_base *base;

	child_start(&deployer, argc, argv);
	sandbox_yourself();
	if ((base = event_base_new()) == NULL)
		fatalx("event loop");
	release_init(base);
	order_init(base);
	check_init(base);
	workers_init(base);
	drain_init(base);
	child_loop(base);
	return 0;
}
