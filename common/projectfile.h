#ifndef CID_PROJECTFILE_H
#define CID_PROJECTFILE_H

#include <stddef.h>

struct json_object;

/* Whose file it is decides what it may set (S10). */
enum projectfile_from {
	PROJECTFILE_REPOSITORY, /* cid.toml of a commit */
	PROJECTFILE_PERSON	/* given to cidctl */
};

struct projectfile_error {
	int is_forbidden; /* SPEC_FORBIDDEN_KEY, else SPEC_INVALID */
	char text[640];	  /* "cid.toml:7:3: unknown key \"imagee\"" */
};

struct json_object *projectfile_parse(const char *name, const char *text,
    size_t len, enum projectfile_from, struct projectfile_error *);

#endif /* CID_PROJECTFILE_H */
