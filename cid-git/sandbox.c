/*
 * What cid-git needs of the system: the network, what a resolver reads, one
 * mirror to write, the local repositories to read.  The parent made the
 * working directory hold just these; it becomes the root.
 */

#include <sys/resource.h>

#include <signal.h>
#include <string.h>

#include <seccomp.h>

#include "child.h"
#include "log.h"
#include "mirror.h"
#include "msg_conf.h"
#include "sandbox.h"
#include "sandbox_yourself.h"

#define FILES_MAX 2048			  /* packs stay open */
#define MEMORY_MAX (1024UL * 1024 * 1024) /* bytes; packs are mapped */
#define FILE_SLACK (64UL * 1024 * 1024)	  /* of a pack's index */

static const int calls[] = {
	SCMP_SYS(access),
	SCMP_SYS(chmod),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fchmod),
	SCMP_SYS(fdatasync),
	SCMP_SYS(flock),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(link),
	SCMP_SYS(mkdir),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(readlink),
	SCMP_SYS(rename),
	SCMP_SYS(rmdir),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(symlink),
	SCMP_SYS(umask),
	SCMP_SYS(uname),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(utimensat),
};

static void
limit(int which, rlim_t n)
{
	struct rlimit rl = { n, n };

	if (setrlimit((__rlimit_resource_t)which, &rl) == -1)
		fatal("setrlimit");
}

/*
 * A pack can name objects much larger than itself: bound what they take.  An
 * allocation that fails is an error of libgit2, not our end.
 */
static void
limit_damage(const struct msg_conf_git *conf)
{
	signal(SIGXFSZ, SIG_IGN);
	limit(RLIMIT_FSIZE, conf->pack_max + FILE_SLACK);
#if !defined(__SANITIZE_ADDRESS__)
	limit(RLIMIT_DATA, MEMORY_MAX);
#endif
}

/* Does not return on failure. */
void
sandbox_yourself(const struct msg_conf_git *conf)
{
	struct sandbox_path paths[CONF_LIST_MAX + 2];
	struct sandbox sb;
	size_t n = 0;
	uint32_t i;

	paths[n++] = (struct sandbox_path){ MIRROR_PATH, SANDBOX_WRITE };
	paths[n++] = (struct sandbox_path){ "/etc", SANDBOX_READ };
	for (i = 0; i < conf->local_len && i < CONF_LIST_MAX; i++)
		paths[n++] =
		    (struct sandbox_path){ conf->local[i], SANDBOX_READ };
	memset(&sb, 0, sizeof(sb));
	sb.root = ".";
	sb.paths = paths;
	sb.paths_len = n;
	sb.sockets = SANDBOX_INET;
	sb.calls = calls;
	sb.calls_len = sizeof(calls) / sizeof(calls[0]);
	sb.files_max = FILES_MAX;
	limit_damage(conf);
	sandbox_enter(&sb, child_user());
}
