#ifndef CID_VARS_H
#define CID_VARS_H

#include <stdint.h>

#include "schema.h"

struct environment;

/* What a build or a release of an environment is given besides its spec. */
struct vars {
	int64_t version;
	struct schema_list plain;      /* name, value, ... */
	struct schema_list sealed;     /* struct spec_sealed */
	struct schema_list registries; /* the same */
};

int vars_load(struct vars *, const struct environment *, int64_t scope);
void vars_free(struct vars *);

#endif /* CID_VARS_H */
