#ifndef CID_DOCKER_LINES_H
#define CID_DOCKER_LINES_H

#include <stddef.h>

#define DOCKER_LINE_MAX 65536

struct json_object;

/* A stream of JSON documents, one a line; zeroed at its start. */
struct docker_lines {
	char *buf;
	size_t len;
	int skip; /* the line is too long */
};

/*
 * Call f for each whole line that is JSON; what is not, or is longer than
 * DOCKER_LINE_MAX, is left out.  f does not own the object.
 */
void docker_lines(struct docker_lines *, const char *, size_t,
    void (*f)(void *, struct json_object *), void *);
void docker_lines_free(struct docker_lines *);

#endif /* CID_DOCKER_LINES_H */
