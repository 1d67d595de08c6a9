#ifndef CID_LINEBUF_H
#define CID_LINEBUF_H

#include <stddef.h>
#include <stdint.h>

struct mask;

/*
 * One output of a container on its way to lines.  Zeroed memory is an empty
 * one; linebuf_skip() leaves out what an earlier builder logged.
 */
struct linebuf {
	char *buf;
	size_t len;
	uint64_t consumed; /* raw bytes up to the end of the last line */
	uint64_t skip;
};

/*
 * Where lines go: without their newline, bytes kept as they are, at most
 * LINE_MAX_BYTES each, with what was consumed up to their end.
 */
struct linebuf_to {
	void (*line)(void *, const char *, size_t, uint64_t consumed);
	void *arg;
	const struct mask *mask; /* a cut never parts a secret; NULL: none */
};

void linebuf_skip(struct linebuf *, uint64_t consumed);
int
linebuf_feed(struct linebuf *, const struct linebuf_to *, const char *, size_t);
void linebuf_end(struct linebuf *, const struct linebuf_to *);
void linebuf_free(struct linebuf *);

#endif /* CID_LINEBUF_H */
