#ifndef CID_LOGREAD_H
#define CID_LOGREAD_H

#include <stddef.h>
#include <stdint.h>

#include "logindex.h"

/*
 * One reader of a build's log, which cid-builder writes meanwhile: only
 * lines in the index are there.
 */
struct logread {
	int log; /* descriptors, -1: not open */
	int index;
	uint64_t line;	 /* the next, from 0 */
	uint64_t offset; /* where it begins */
};

void logread_init(struct logread *);
/* 0, or -1 when there is no log yet (no log line) or it can't be read. */
int logread_open(struct logread *, int64_t project_id, int64_t ref);
void logread_close(struct logread *);

uint64_t logread_lines(const struct logread *); /* that are there now */
uint64_t logread_bytes(const struct logread *);
int logread_seek(struct logread *, uint64_t line);

/*
 * Hand on the next lines, without their newlines, up to about room bytes.
 * Returns how many, or -1 when index and log do not fit together.
 */
int logread_next(struct logread *, size_t room,
    void (*f)(const struct line_index *, uint64_t line, const char *, size_t,
	void *),
    void *arg);

#endif /* CID_LOGREAD_H */
