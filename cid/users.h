#ifndef CID_USERS_H
#define CID_USERS_H

#include <sys/types.h>

#include "msg.h"

struct conf;

/* The identities of the programs; extra is the Docker socket's group. */
struct users {
	struct {
		uid_t uid;
		gid_t gid;
		gid_t extra; /* (gid_t)-1: none */
	} of[PROC_MAX];
	gid_t ctl; /* group of ctl.sock */
};

int users_find(const struct conf *, struct users *);

#endif /* CID_USERS_H */
