/*
 * The mechanism of the sandbox.  Each program says in its own sandbox.c what
 * it needs; whatever it does not say is gone for the rest of its life.
 */

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <seccomp.h>

#include "child.h"
#include "log.h"
#include "sandbox.h"

/* Access rights by the Landlock ABI that brought them. */
#define LL_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LL_WRITE \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define LL_ALL_1 ((1ULL << 13) - 1)
#define LL_REFER (1ULL << 13)	 /* ABI 2 */
#define LL_TRUNCATE (1ULL << 14) /* ABI 3 */

/* What libc, libevent and log.c need in every program. */
static const int every_program[] = {
	SCMP_SYS(accept4),
	SCMP_SYS(brk),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(close),
	SCMP_SYS(connect),
	SCMP_SYS(dup),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(fcntl),
	SCMP_SYS(fstat),
	SCMP_SYS(futex),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpeername),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getuid),
	SCMP_SYS(lseek),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(newfstatat),
	SCMP_SYS(pipe2),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sysinfo),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(write),
	SCMP_SYS(writev),
};

#if defined(__SANITIZE_ADDRESS__)
/* Shadow memory, leak check and reports of the sanitizers. */
static const int sanitizers[] = {
	SCMP_SYS(arch_prctl),
	SCMP_SYS(getdents64),
	SCMP_SYS(ioctl),
	SCMP_SYS(kill),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(prctl),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(readlink),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(tgkill),
	SCMP_SYS(uname),
};
#endif

static int
landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t
rights(enum sandbox_access access, int abi)
{
	uint64_t r = LL_READ;

	if (access == SANDBOX_EXECUTE)
		r |= LANDLOCK_ACCESS_FS_EXECUTE;
	if (access == SANDBOX_WRITE) {
		r |= LL_WRITE;
		if (abi >= 2)
			r |= LL_REFER;
		if (abi >= 3)
			r |= LL_TRUNCATE;
	}
	return r;
}

static void
allow_path(int ruleset, const struct sandbox_path *sp, int abi)
{
	struct landlock_path_beneath_attr attr;
	int fd;

	fd = open(sp->path, O_PATH | O_CLOEXEC);
	if (fd == -1) {
		if (errno != ENOENT)
			fatal("%s", sp->path);
		return;
	}
	memset(&attr, 0, sizeof(attr));
	attr.parent_fd = fd;
	attr.allowed_access = rights(sp->access, abi);
	if (faccessat(fd, "", X_OK, AT_EMPTY_PATH) == -1 ||
	    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&attr, 0) == -1) {
		/* A file takes file rights only. */
		attr.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE |
		    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE |
		    (abi >= 3 ? LL_TRUNCATE : 0);
		if (syscall(SYS_landlock_add_rule, ruleset,
			LANDLOCK_RULE_PATH_BENEATH, &attr, 0) == -1)
			fatal("landlock: %s", sp->path);
	}
	close(fd);
}

static void
enter_landlock(const struct sandbox *sb)
{
	struct landlock_ruleset_attr attr;
	size_t i;
	int abi, fd;

	if ((abi = landlock_abi()) < 1)
		fatalx("this kernel has no Landlock (LANDLOCK_MISSING): "
		       "boot it with lsm=landlock,...");
	memset(&attr, 0, sizeof(attr));
	attr.handled_access_fs = LL_ALL_1;
	if (abi >= 2)
		attr.handled_access_fs |= LL_REFER;
	if (abi >= 3)
		attr.handled_access_fs |= LL_TRUNCATE;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd == -1)
		fatal("landlock_create_ruleset");
	for (i = 0; i < sb->paths_len; i++)
		allow_path(fd, &sb->paths[i], abi);
	if (syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		fatal("landlock_restrict_self");
	close(fd);
}

static void
allow_calls(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			fatalx("seccomp: call %d", calls[i]);
	}
}

static void
allow_sockets(scmp_filter_ctx ctx, unsigned int sockets)
{
	static const int inet[] = { AF_INET, AF_INET6 };
	size_t i;
	int bad = 0;

	if (sockets & SANDBOX_UNIX)
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket),
		    1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	for (i = 0; i < 2 && (sockets & SANDBOX_INET); i++)
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket),
		    1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)inet[i]));
	/* The families that nobody gets are refused, not deadly. */
	if (!(sockets & SANDBOX_UNIX))
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		    SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	for (i = 0; i < 2 && !(sockets & SANDBOX_INET); i++)
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		    SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)inet[i]));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
	    SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_INET6));
	if (bad != 0)
		fatalx("seccomp: socket");
}

#if !defined(__SANITIZE_ADDRESS__)
/* Memory may be mapped and protected, but never made executable. */
static void
allow_memory(scmp_filter_ctx ctx)
{
	int bad = 0;

	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, 0x4 /* PROT_EXEC */, 0));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, 0x4, 0));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_EQ, FIONREAD));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_EQ, FIONBIO));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_EQ, TCGETS));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	if (bad != 0)
		fatalx("seccomp: memory");
}
#endif

static void
enter_seccomp(const struct sandbox *sb)
{
	scmp_filter_ctx ctx;

	if ((ctx = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		fatalx("seccomp");
	allow_calls(ctx, every_program,
	    sizeof(every_program) / sizeof(every_program[0]));
	allow_calls(ctx, sb->calls, sb->calls_len);
	allow_sockets(ctx, sb->sockets);
#if defined(__SANITIZE_ADDRESS__)
	allow_calls(ctx, sanitizers, sizeof(sanitizers) / sizeof(int));
#else
	allow_memory(ctx);
#endif
	/* libc asks for files of its own (time zone, locale): refuse. */
	if (sb->paths == NULL &&
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat),
		0) != 0)
		fatalx("seccomp: openat");
	if (sb->paths != NULL &&
	    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 0) != 0)
		fatalx("seccomp: openat");
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (seccomp_load(ctx) != 0)
		fatalx("seccomp: load");
	seccomp_release(ctx);
}

static void
set_limit(int which, rlim_t n)
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)which, &rl) == -1)
		fatal("getrlimit");
	if (rl.rlim_max != RLIM_INFINITY && n > rl.rlim_max)
		n = rl.rlim_max;
	rl.rlim_cur = rl.rlim_max = n;
	if (setrlimit((__rlimit_resource_t)which, &rl) == -1)
		fatal("setrlimit");
}

static void
drop_root(const struct sandbox *sb, const struct child_user *u)
{
	size_t groups = u->extra == (gid_t)-1 ? 0 : 1;

	if (sb->root != NULL && (chroot(sb->root) == -1 || chdir("/") == -1))
		fatal("chroot %s", sb->root);
	if (setgroups(groups, &u->extra) == -1 ||
	    setresgid(u->gid, u->gid, u->gid) == -1 ||
	    setresuid(u->uid, u->uid, u->uid) == -1)
		fatal("user %u", (unsigned int)u->uid);
	/* Changing the uid clears it; a parent that died before is gone. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("prctl");
}

/*
 * Give up everything but what sb names.  Call it once, as root, before the
 * first byte from outside is read.  Does not return on failure.
 */
void
sandbox_enter(const struct sandbox *sb, const struct child_user *u)
{
	set_limit(RLIMIT_CORE, 0);
	if (sb->files_max > 0)
		set_limit(RLIMIT_NOFILE, sb->files_max);
	drop_root(sb, u);
	enter_landlock(sb);
	enter_seccomp(sb);
}
