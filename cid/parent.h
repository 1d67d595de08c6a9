#ifndef CID_PARENT_H
#define CID_PARENT_H

#include "conf.h"
#include "keys.h"
#include "open.h"
#include "users.h"

struct event_base;
struct kid;
struct msg;
struct peer;

/* The parent's whole state besides the table of its children. */
struct parent {
	struct conf conf;
	struct users users;
	struct keys keys;
	struct open open;
	struct event_base *base;
	const char *conf_file;
	int conf_missing_ok;
	int foreground;
	int debug;
	int firewall_ok;
	int stopping; /* 1: workers drain, 2: the others stop */
	int snapshot; /* memfd of the last route table, -1: none yet */
	uint64_t snapshot_generation;
	uint32_t snapshot_count;
	uint64_t generation; /* of edges */
};

/* What the parent does with each message, one function per child. */
void parent_from_kid(struct peer *, struct msg *);
void parent_kid_ready(struct kid *);
void parent_kid_gone(struct kid *, int status);

#endif /* CID_PARENT_H */
