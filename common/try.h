#ifndef CID_TRY_H
#define CID_TRY_H

struct msg_try;
struct peer;

/*
 * What no sandboxed program may do; each program may never do most of it.
 * Where an act needs one, the message names the path, or address and port.
 */
enum try_act {
	TRY_OPEN_READ,	/* /etc/passwd */
	TRY_OPEN_WRITE, /* a new file in /tmp and in its own directories */
	TRY_EXEC,
	TRY_FORK,
	TRY_SOCKET_INET,
	TRY_SOCKET_UNIX,
	TRY_SOCKET_OTHER, /* netlink */
	TRY_CONNECT_TCP,  /* 127.0.0.1, outside the pool */
	TRY_CONNECT_API,  /* the API's front and control sockets */
	TRY_CONNECT_DOCKER,
	TRY_LISTEN,
	TRY_DATABASE,	  /* open cid.db */
	TRY_OTHER_MIRROR, /* a repository of another project */
	TRY_KEYS,	  /* open the key directory */
	TRY_PTRACE,
	TRY_SETUID, /* become root again */
	TRY_KILL,   /* signal the parent */
	TRY_MMAP_EXEC,
	TRY_ACTS
};

#ifdef CID_REGRESS
const char *try_name(enum try_act);
int try_find(const char *, enum try_act *);
void try_answer(struct peer *, const struct msg_try *);
#endif

#endif /* CID_TRY_H */
