/*
 * cid-proxy: the front door.  As edge it takes visitors to projects, as
 * admin operators and forges to the API.  Started by cid(8), which says in
 * the last argument which of the two it is.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "dispatch.h"
#include "listen.h"
#include "log.h"
#include "msg.h"
#include "proxy.h"
#include "route.h"
#include "sandbox_yourself.h"
#include "table.h"
#include "target.h"

#define API_SOCKET "/api.sock" /* below the root */
#define API_CONNECTIONS 40
#define HOOK_CONNECTIONS 24 /* of whom anybody may be */

static const struct child_edge edge_edges[] = {
	{ PROC_PARENT, edge_from_parent, NULL, NULL },
	{ PROC_DEPLOYER, edge_from_deployer, NULL, NULL },
};

static const struct child_edge admin_edges[] = {
	{ PROC_PARENT, admin_from_parent, NULL, NULL },
};

static const struct child edge = { PROC_EDGE, edge_edges,
	sizeof(edge_edges) / sizeof(edge_edges[0]), dispatch_stop };
static const struct child admin = { PROC_ADMIN, admin_edges,
	sizeof(admin_edges) / sizeof(admin_edges[0]), dispatch_stop };

static const struct child *
role(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[argc - 1] : "";

	if (strcmp(name, proc_name(PROC_EDGE)) == 0)
		return &edge;
	if (strcmp(name, proc_name(PROC_ADMIN)) == 0)
		return &admin;
	fprintf(stderr, "cid-proxy is started by cid(8), not by hand.\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	static struct proxy px;
	const struct child *self = role(argc, argv);

	proxy_init(&px, self == &admin);
	dispatch_to(&px);
	child_start(self, argc, argv);
	sandbox_yourself(&px);
	proxy_start(&px);
	if (px.is_admin) {
		px.api = target_api(&px, API_SOCKET, API_CONNECTIONS);
		px.hooks = target_api(&px, API_SOCKET, HOOK_CONNECTIONS);
		if (px.api == NULL || px.hooks == NULL)
			fatal("target");
	} else {
		table_start(&px);
	}
	listen_start(&px);
	child_loop(px.base);
	return 0;
}
