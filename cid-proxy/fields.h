#ifndef CID_FIELDS_H
#define CID_FIELDS_H

#include <stddef.h>

struct http1_head;
struct text;

enum fields_fate {
	FIELDS_KEEP, /* goes on as it came */
	FIELDS_EDIT, /* edit() writes what goes on */
	FIELDS_DROP
};

/* How to rewrite the fields of a head. */
struct fields {
	const struct http1_head *head;
	const char *buf;
	size_t head_len;
	enum fields_fate (*fate)(const void *, int);
	void (*edit)(struct text *, const void *, int);
	const void *arg;
};

void fields_write(struct text *, const struct fields *);

#endif /* CID_FIELDS_H */
