#ifndef CID_SPEC_RELEASE_H
#define CID_SPEC_RELEASE_H

#include <stddef.h>
#include <stdint.h>

#include "msg_release.h"
#include "name.h"
#include "schema.h"
#include "spec.h"

enum health_kind {
	HEALTH_HTTP,
	HEALTH_TCP,
	HEALTH_RUNNING, /* the container stays up */
	HEALTH_IMAGE,	/* the image's own HEALTHCHECK */
	HEALTH_KINDS
};

extern const char *const spec_health_kinds[HEALTH_KINDS + 1];

#define SPEC_HOSTS_MAX 64 /* of one environment */

struct spec_health {
	int kind; /* enum health_kind */
	char path[1024];
	int64_t status; /* 0: any 2xx or 3xx */
	int64_t timeout_ms;
	int64_t interval_ms;
	int64_t retries;
	int64_t stay_up_ms; /* HEALTH_RUNNING */
};

/* A release, never changed once made (R115). */
struct spec_release {
	int64_t id;
	int64_t build_id;
	int64_t number; /* of the build */
	char commit[NAME_COMMIT_MAX];
	char image[SPEC_IMAGE_MAX]; /* digest or id */
	struct schema_list command; /* argv; empty: the image's */
	int has_output;		    /* mount that build's output at /app */
	char working_directory[SPEC_PATH_MAX];
	struct schema_list env;
	struct schema_list secrets;
	struct spec_limits limits;
	struct spec_health health;
	int64_t port;
	int64_t publish;     /* on 127.0.0.1; the next free one up to .. */
	int64_t publish_max; /* 0: not published */
	int read_only;
	struct schema_list registries;
};

/* What a slot should hold. */
enum slot_want {
	WANT_EMPTY,
	WANT_DEPLOYED, /* start it, check its health, wait */
	WANT_ACTIVE,
	WANT_WARM, /* grace, running */
	WANT_COLD, /* grace, stopped but kept */
	WANTS
};

struct spec_slot {
	int want;		     /* enum slot_want */
	struct spec_release release; /* id 0: none */
};

/* RELEASE_WANT and CONTAINER_START: one environment as it should be. */
struct spec_env {
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	char prefix[64]; /* "/name", "" : no path route */
	struct schema_list hosts;
	int64_t drain_ms;
	struct spec_slot slots[SLOTS]; /* "blue", "green" */
};

extern const struct schema spec_release_schema;
extern const struct schema spec_env_schema;

#endif /* CID_SPEC_RELEASE_H */
