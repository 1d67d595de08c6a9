#ifndef CID_COOKIE_H
#define CID_COOKIE_H

#include <stddef.h>

struct text;

/* How a project's cookies are kept to itself (S13). */
struct cookie_rule {
	const char *prefix; /* of a path route; "": the host is its own */
	int at_prefix;	    /* the request was for the bare prefix */
	int drop_domain;    /* the host is one of ours */
};

int cookie_is_ours(const char *, size_t);
int cookie_request(struct text *, const char *, size_t);
int
cookie_answer(struct text *, const char *, size_t, const struct cookie_rule *);

#endif /* CID_COOKIE_H */
