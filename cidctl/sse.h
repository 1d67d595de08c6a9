#ifndef CID_SSE_H
#define CID_SSE_H

#include <stddef.h>

#define SSE_LINE_MAX ((size_t)1024 * 1024)
#define SSE_WORD_MAX 64

/* One event; the strings live until the next bytes are fed. */
struct sse_event {
	const char *type; /* "message" unless it says otherwise */
	const char *id;	  /* the last one that was given */
	const char *data;
	size_t len;
};

struct sse {
	void (*event)(const struct sse_event *, void *);
	void *arg;
	char *line;
	size_t line_len;
	char *data;
	size_t data_len;
	int has_data;
	int after_cr;
	char type[SSE_WORD_MAX];
	char id[SSE_WORD_MAX]; /* of the last whole event */
	char next_id[SSE_WORD_MAX];
};

int sse_feed(struct sse *, const char *, size_t);
void sse_clear(struct sse *);

#endif /* CID_SSE_H */
