#ifndef CID_TEXT_H
#define CID_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct http1_span;

/* Text in the making.  What does not fit is dropped and full says so. */
struct text {
	char *start;
	char *p;
	char *end;
	int full;
};

void text_init(struct text *, char *, size_t);
void text_put(struct text *, const char *, size_t);
void text_str(struct text *, const char *);
void text_num(struct text *, uint64_t);
void text_hex(struct text *, uint64_t);
void text_span(struct text *, const char *buf, struct http1_span);
size_t text_len(const struct text *);

#endif /* CID_TEXT_H */
