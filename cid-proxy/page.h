#ifndef CID_PAGE_H
#define CID_PAGE_H

#include <stdint.h>
#include <time.h>

struct text;

/* An answer of our own. */
struct page {
	int status;
	int json; /* in the API's shape, else for people */
	int head_request;
	int minor;
	int keepalive;
	time_t date;
	uint64_t id; /* X-Request-Id */
};

void page_write(struct text *, const struct page *);

#endif /* CID_PAGE_H */
