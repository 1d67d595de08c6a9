/*
 * cid-builder: builds, logs, and the containers of releases.  Started by
 * cid(8); the only program that speaks to the Docker engine.
 */

#include <sys/stat.h>

#include <string.h>

#include <event2/event.h>

#include "artifact.h"
#include "build.h"
#include "child.h"
#include "conf.h"
#include "dispatch.h"
#include "engine.h"
#include "leftover.h"
#include "log.h"
#include "logfile.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "network.h"
#include "peer.h"
#include "project.h"
#include "sandbox_yourself.h"
#include "seal.h"
#include "slot.h"
#include "source.h"

static void
api_up(struct peer *p)
{
	(void)p;
	engine_tell();
}

static const struct child_edge edges[] = {
	{ PROC_PARENT, builder_from_parent, NULL, NULL },
	{ PROC_API, builder_from_api, api_up, NULL },
	{ PROC_DEPLOYER, builder_from_deployer, NULL, NULL },
	{ PROC_GIT, source_from_git, source_up, source_down },
};

static const struct child self = { PROC_BUILDER, edges,
	sizeof(edges) / sizeof(edges[0]), child_exit };

static void
engine_up(void)
{
	slot_engine_up();
	build_engine_up();
	project_engine_up();
	leftover_sweep();
}

static void
engine_down(void)
{
	leftover_stop();
	project_engine_down();
	build_engine_down();
	slot_engine_down();
}

static void
engine_event(const struct answer_event *e)
{
	slot_event(e);
	build_event(e);
}

static const struct engine_ops ops = { engine_up, engine_down, engine_event };

static void
log_grew(const struct msg_log_grew *m)
{
	peer_send(child_peer(PROC_API, 0), MSG_LOG_GREW, m, sizeof(*m));
}

int
main(int argc, char **argv)
{
	struct event_base *base;

	child_start(&self, argc, argv);
	umask(027); /* logs are the API's to read, nobody else's */
	if (seal_init() == -1)
		fatalx("libsodium does not start");
	sandbox_yourself();
	if ((base = event_base_new()) == NULL)
		fatalx("event loop");
	logfile_init(base, conf()->logs, log_grew);
	source_init(base);
	network_init(base);
	build_init(base);
	artifact_init(base);
	leftover_init(base);
	engine_init(base, &ops);
	child_loop(base);
	logfile_flush();
	return 0;
}
