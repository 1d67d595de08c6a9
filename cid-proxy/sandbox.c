/*
 * What cid-proxy may still do: talk on the sockets it has, accept from its
 * listeners, and connect, the edge by IPv4 and the admin worker to the one
 * socket in its root.  No file, no other program, no process.
 */

#include <stddef.h>

#include "child.h"
#include "proxy.h"
#include "sandbox.h"
#include "sandbox_yourself.h"

#define FILES_OTHER 64 /* edges, listeners, the loop */

void
sandbox_yourself(const struct proxy *px)
{
	struct sandbox sb = { 0 };

	sb.root = px->root;
	sb.sockets = px->is_admin ? SANDBOX_UNIX : SANDBOX_INET;
	/* Each client may have an upstream, each target idle ones. */
	sb.files_max =
	    (size_t)px->limits.clients * 2 + PROXY_IDLE_MAX + FILES_OTHER;
	sandbox_enter(&sb, child_user());
}
