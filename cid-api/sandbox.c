/*
 * What cid-api needs of the system: its database's directory, the logs to
 * read, and connections on sockets it was handed.  It never opens a socket,
 * starts no program and no process.
 */

#include <seccomp.h>

#include "child.h"
#include "conf.h"
#include "msg_conf.h"
#include "sandbox.h"
#include "sandbox_yourself.h"

/* Clients that watch, each with one connection and two files of a log. */
#define FILES_MAX 16384

static const int calls[] = {
	/* SQLite. */
	SCMP_SYS(access),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fchmod),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(getcwd),
	SCMP_SYS(lstat),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(readlink),
	SCMP_SYS(stat),
	SCMP_SYS(unlink),
};

/* Does not return on failure. */
void
sandbox_yourself(void)
{
	const struct msg_conf_api *c = conf_get();
	const struct sandbox_path paths[] = {
		{ c->db, SANDBOX_WRITE },
		{ c->logs, SANDBOX_READ },
	};
	const struct sandbox sb = {
		.paths = paths,
		.paths_len = sizeof(paths) / sizeof(paths[0]),
		.calls = calls,
		.calls_len = sizeof(calls) / sizeof(calls[0]),
		.files_max = FILES_MAX,
	};

	sandbox_enter(&sb, child_user());
}
