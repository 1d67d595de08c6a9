/*
 * What cid-builder needs of the system: the Docker socket, which its group
 * lets it open, the logs to write, and /proc to see where containers listen.
 * No network, no listening, no program, no process.
 */

#include <seccomp.h>

#include "child.h"
#include "conf.h"
#include "msg_conf.h"
#include "sandbox.h"
#include "sandbox_yourself.h"

/* Edges, three connections for each build, logs, pipes. */
#define FILES_MAX 1024

static const int calls[] = {
	SCMP_SYS(ftruncate),
	SCMP_SYS(getdents64),
	SCMP_SYS(mkdir),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(rmdir),
	SCMP_SYS(unlinkat),
};

/* Does not return on failure. */
void
sandbox_yourself(void)
{
	const struct sandbox_path paths[] = {
		{ conf()->logs, SANDBOX_WRITE },
		{ "/proc", SANDBOX_READ },
	};
	const struct sandbox sb = {
		.paths = paths,
		.paths_len = sizeof(paths) / sizeof(paths[0]),
		.sockets = SANDBOX_UNIX,
		.calls = calls,
		.calls_len = sizeof(calls) / sizeof(calls[0]),
		.files_max = FILES_MAX,
	};

	sandbox_enter(&sb, child_user());
}
