#ifndef CID_RUN_SPEC_H
#define CID_RUN_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "reason.h"
#include "run_merge.h"
#include "spec.h"
#include "spec_release.h"

struct build;
struct environment;
struct project;

/*
 * Column "spec" of a build: what is done, and what its releases begin with
 * (no id, image, port, or the variables of the environment yet).
 */
struct run_spec {
	struct spec_build build;
	struct spec_release release;
};

extern const struct schema run_spec_schema;

/* All that decides; nothing of it is changed or kept. */
struct run_spec_in {
	const struct project *project;
	const struct environment *env;
	const struct build *build;
	const char *file; /* of spec_source; NULL or "" : there is none */
	const struct schema_list *vars;		 /* of the environment */
	const struct schema_list *build_secrets; /* struct spec_sealed */
	const struct schema_list *registries;
	int64_t build_timeout_s; /* when the project sets none */
};

enum reason run_spec_make(const struct run_spec_in *, struct run_spec *,
    char why[RUN_WHY_MAX]);

/* What becomes known when a release is made. */
struct run_release_in {
	const struct run_spec *spec;
	const struct spec_result *result;
	const struct project *project;
	const struct environment *env;
	const struct build *build;
	const struct schema_list *vars;
	const struct schema_list *run_secrets;
	const struct schema_list *registries;
	const char *url; /* where visitors find it, "" : nowhere */
	int slot;
	int64_t publish;
	int64_t publish_max;
};

int run_release_make(const struct run_release_in *, struct spec_release *);

#endif /* CID_RUN_SPEC_H */
