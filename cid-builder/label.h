#ifndef CID_LABEL_H
#define CID_LABEL_H

#include <stddef.h>
#include <stdint.h>

#include "msg_conf.h"
#include "name.h"

struct json_object;

enum label_kind {
	LABEL_OTHER, /* not cid's, or not this cid's */
	LABEL_BUILD,
	LABEL_SLOT,
	LABEL_SHELF, /* never started, to read a volume by */
	LABEL_OUTPUT,
	LABEL_CACHE,
	LABEL_NETWORK, /* of an environment */
	LABEL_BUILD_NETWORK,
	LABEL_EMPTY, /* the image of a shelf */
	LABEL_KINDS
};

/*
 * What is written on everything that cid makes.  All of them are set on each
 * container, so that none of an image's own shows through; 0 and "" are
 * written as such.
 */
struct label {
	enum label_kind kind;
	char instance[CONF_INSTANCE_MAX];
	char project[NAME_PROJECT_MAX];
	char environment[NAME_ENV_MAX];
	uint64_t project_id;
	uint64_t env_id;
	uint64_t build_id;
	uint64_t release_id;
	uint32_t number;
	uint32_t attempt;
	uint32_t net;
	uint32_t slot;
	uint32_t port;
};

struct json_object *label_write(const struct label *);
void label_read(struct json_object *, const char *instance, struct label *);
const char *label_filter(char *, size_t, const char *instance, enum label_kind);
const char *
label_filter_project(char *, size_t, const char *instance, uint64_t project_id);

#endif /* CID_LABEL_H */
