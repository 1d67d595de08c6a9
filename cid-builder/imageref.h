#ifndef CID_IMAGEREF_H
#define CID_IMAGEREF_H

#include "spec.h"

/* A reference that name_is_image() has passed, taken apart. */
struct imageref {
	char host[256];		     /* of the registry: "docker.io" */
	char path[SPEC_IMAGE_MAX];   /* there: "library/node" */
	char name[SPEC_IMAGE_MAX];   /* as the engine shows it: "node" */
	char full[SPEC_IMAGE_MAX];   /* with tag or digest: "node:18" */
	char digest[SPEC_IMAGE_MAX]; /* "" unless pinned */
};

int imageref_parse(const char *, struct imageref *);
int imageref_pin(const struct imageref *, const char *digest,
    char buf[SPEC_IMAGE_MAX]);
int imageref_is_for(const struct imageref *, const char *origin);

#endif /* CID_IMAGEREF_H */
