#ifndef CID_LOGPAIR_H
#define CID_LOGPAIR_H

#include <stddef.h>
#include <stdint.h>

#include "logindex.h"

struct msg_build;

/* An open log; last and lines tell what is on disk. */
struct logpair {
	int text_fd;
	int index_fd;
	struct line_index last;
	uint64_t lines;
	int is_full; /* the limit was reached */
};

void logpair_init(const char *dir);
int logpair_open(struct logpair *, const struct msg_build *, int make);
void logpair_close(struct logpair *);
int logpair_write(struct logpair *, const char *text, size_t len,
    const struct line_index *, size_t lines);
int logpair_remove(uint64_t project_id);

#endif /* CID_LOGPAIR_H */
