#ifndef CID_SEAL_H
#define CID_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "msg_conf.h"

/*
 * Values that only one process can open (S2).  A box says what it is for,
 * because sealed boxes are anonymous: who could write the database could
 * swap them.  The opener compares all of it with what it is about to do.
 */
enum seal_kind {
	SEAL_ENV,      /* an environment variable of a project */
	SEAL_GIT,      /* a token for fetching */
	SEAL_REGISTRY, /* user and password of a registry */
	SEAL_KINDS
};

enum seal_scope {
	SEAL_BUILD = 1,
	SEAL_RUN = 2
};

struct seal_context {
	enum seal_kind kind;
	char instance[CONF_INSTANCE_MAX];
	uint64_t project_id;
	char environment[32];
	char name[256];	  /* of the variable; empty for credentials */
	char origin[512]; /* scheme://host:port/path prefix; empty for env */
	uint32_t version;
	uint32_t scope; /* of enum seal_scope, or-ed; opening: what for */
};

#define SEAL_VALUE_MAX 65536 /* bytes */

int seal_init(void);
void seal_keypair(uint8_t pk[CONF_KEY_LEN], uint8_t sk[CONF_KEY_LEN]);
char *seal_make(const uint8_t pk[CONF_KEY_LEN], const struct seal_context *,
    const char *value, size_t len);
int seal_open(const uint8_t pk[CONF_KEY_LEN], const uint8_t sk[CONF_KEY_LEN],
    const char *sealed, const struct seal_context *, char **value, size_t *len);
int seal_covers(const char *origin, const char *url);

#endif /* CID_SEAL_H */
