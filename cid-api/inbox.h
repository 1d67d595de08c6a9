#ifndef CID_INBOX_H
#define CID_INBOX_H

#include <stddef.h>
#include <stdint.h>

struct hook;

#define INBOX_BODY_KEPT ((size_t)256 << 10) /* larger bodies are not stored */

/* A delivery whose signature was right. */
struct inbox_in {
	const struct hook *hook;
	const char *event;
	const char *forge_delivery; /* "" : the forge sent none */
	const char *headers;	    /* JSON object, nothing secret in it */
	const char *address;
	char *body; /* changed when it is a form */
	size_t len;
	int is_form;
};

/* The whole answer; json is freed by who asked. */
struct inbox_out {
	int status;
	char *json;
};

int inbox_take(const struct inbox_in *, struct inbox_out *);

#endif /* CID_INBOX_H */
