/*
 * What cid-deployer needs of the system: sockets to the slots' addresses,
 * which stand in the pool, and memory files for route tables.  No path, no
 * listening socket, no program, no process.
 */

#include <seccomp.h>

#include "child.h"
#include "sandbox.h"
#include "sandbox_yourself.h"

/* Edges, one connection for each check under way, memory files in transit. */
#define FILES_MAX 1024

static const int calls[] = {
	SCMP_SYS(memfd_create),
};

/* Does not return on failure. */
void
sandbox_yourself(void)
{
	static const struct sandbox sb = {
		.sockets = SANDBOX_INET,
		.calls = calls,
		.calls_len = sizeof(calls) / sizeof(calls[0]),
		.files_max = FILES_MAX,
	};

	sandbox_enter(&sb, child_user());
}
