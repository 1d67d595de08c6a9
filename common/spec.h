#ifndef CID_SPEC_H
#define CID_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "name.h"
#include "schema.h"

/*
 * The documents that travel as tails and that the database keeps.  Each has
 * one schema, so that every reader refuses what it does not know.  Memory
 * inside is freed by schema_free() with the same schema.
 */

#define SPEC_IMAGE_MAX 512
#define SPEC_URL_MAX 1024
#define SPEC_PATH_MAX 256
#define SPEC_ITEMS_MAX 1024  /* words of a command, variables */
#define SPEC_SECRETS_MAX 256 /* besides these, of one build or release */
#define SPEC_REGISTRIES_MAX 16
#define SPEC_BOX_MAX 131072 /* bytes of a sealed box as text */
#define SPEC_TOKEN_MAX 65536
#define SPEC_FILE_MAX 131072 /* bytes of cid.toml as JSON */
#define SPEC_LFS_MAX 20
#define SPEC_CACHES_MAX 16

enum build_type {
	BUILD_COMMAND,
	BUILD_DOCKERFILE,
	BUILD_IMAGE, /* nothing to build, a ready image */
	BUILD_TYPES
};

extern const char *const spec_build_types[BUILD_TYPES + 1];

struct spec_limits {
	int64_t memory;	   /* bytes */
	int64_t nano_cpus; /* 1e9 is one CPU */
	int64_t pids;
	int64_t time_s; /* builds only */
	int64_t log;	/* bytes, builds only */
};

/*
 * A sealed box and what it must be for besides the project.  A credential
 * belongs to no environment (""), has no name, and its origin is where it
 * may be sent: https://host[:port][/path].  That of a registry holds
 * user:password; Docker's own registry is https://docker.io.
 */
struct spec_sealed {
	char name[256];
	char origin[512];
	int64_t version;
	int64_t scope;
	char *box; /* base64, see seal.h */
};

/* BUILD_START: what to fetch.  The settings decide what cid.toml may not. */
struct spec_job {
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	char repo[SPEC_URL_MAX]; /* https://… or an absolute path */
	char branch[NAME_BRANCH_MAX];
	char commit[NAME_COMMIT_MAX]; /* "" : the branch's head */
	char base[NAME_COMMIT_MAX];   /* compare with this; "" : none */
	char path_filter[1025];
	int pending;	/* git decides whether a path matches */
	int build_type; /* enum build_type; BUILD_IMAGE fetches nothing */
	char source_dir[SPEC_PATH_MAX]; /* working directory, for cid.toml */
	struct spec_sealed git;		/* box NULL: no credential */
};

/* BUILD_SPEC and GIT_SPEC: what git found. */
struct spec_source {
	char commit[NAME_COMMIT_MAX];
	char author[256];
	char email[256];
	char subject[512];
	int64_t time_s; /* of the commit, since the epoch */
	int matched;
	int64_t changed;	/* files, when pending */
	int has_file;		/* cid.toml is in the tree */
	struct schema_list lfs; /* paths that are LFS pointers, at most 20 */
	char *file;		/* cid.toml as canonical JSON, "" without one */
};

/* GIT_FETCH: a job with its credential opened. */
struct spec_fetch {
	struct spec_job job;
	char *token; /* freezero'd by who opened it; NULL: none */
};

/* BUILD_GO: what to do with the source. */
struct spec_build {
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	int build_type;
	char image[SPEC_IMAGE_MAX]; /* "" with BUILD_IMAGE */
	struct schema_list command; /* argv */
	char runtime_image[SPEC_IMAGE_MAX];
	char working_directory[SPEC_PATH_MAX]; /* below /app, "" : /app */
	char commit[NAME_COMMIT_MAX];
	char branch[NAME_BRANCH_MAX];
	char cache_type[16]; /* "none", "npm", ... or "paths" */
	struct schema_list cache_paths;
	int trusted;		       /* which cache it may use (S5) */
	int network;		       /* 0: none */
	struct schema_list env;	       /* name, value, ... */
	struct schema_list secrets;    /* of struct spec_sealed */
	struct schema_list registries; /* of struct spec_sealed */
	struct spec_limits limits;
};

/* BUILD_DONE of a build that succeeded. */
struct spec_result {
	char image[SPEC_IMAGE_MAX];	    /* digest or id it was built in */
	char runtime_image[SPEC_IMAGE_MAX]; /* digest or id to run */
	int64_t port;			    /* the image's only EXPOSE, or 0 */
	int has_output;			    /* there is a volume with /output */
	int64_t output_bytes;
	int has_healthcheck; /* the runtime image has a HEALTHCHECK */
};

extern const struct schema spec_limits_schema;
extern const struct schema spec_sealed_schema;
extern const struct schema spec_job_schema;
extern const struct schema spec_source_schema;
extern const struct schema spec_fetch_schema;
extern const struct schema spec_build_schema;
extern const struct schema spec_result_schema;

#endif /* CID_SPEC_H */
