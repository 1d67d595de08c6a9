/*
 * cid-api: decides and remembers.  It alone writes the database, and answers
 * HTTP on two local sockets: one for cidctl, one for the admin worker, which
 * reads the network for it.
 */

#include <sys/stat.h>

#include <event2/event.h>

#include "child.h"
#include "conf.h"
#include "db.h"
#include "dispatch.h"
#include "hook.h"
#include "http.h"
#include "log.h"
#include "logend.h"
#include "msg_conf.h"
#include "rest_artifact.h"
#include "rest_farewell.h"
#include "run.h"
#include "sandbox_yourself.h"
#include "seal.h"
#include "switch.h"

static const struct child_edge edges[] = {
	{ PROC_PARENT, api_from_parent, NULL, NULL },
	{ PROC_BUILDER, api_from_builder, run_builder_up, api_builder_down },
	{ PROC_DEPLOYER, api_from_deployer, switch_deployer_up,
	    switch_deployer_down },
};

static void
stop(void)
{
	http_stop();
	child_exit();
}

static const struct child api = {
	.proc = PROC_API,
	.edges = edges,
	.edges_len = sizeof(edges) / sizeof(edges[0]),
	.stop = stop,
};

int
main(int argc, char **argv)
{
	struct event_base *base;

	child_start(&api, argc, argv);
	umask(077);
	sandbox_yourself();
	if (seal_init() == -1)
		fatalx("libsodium");
	if (db_open(conf_get()->db) == -1)
		fatalx("the database can't be used");
	if ((base = event_base_new()) == NULL)
		fatalx("event loop");
	db_loop(base);
	logend_init(base);
	artifact_loop(base);
	farewell_loop(base);
	hook_loop(base);
	queue_loop(base);
	switch_loop(base);
	api_listen(base);
	child_loop(base);
	db_close();
	return 0;
}
