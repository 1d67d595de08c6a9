#ifndef CID_KEYS_H
#define CID_KEYS_H

#include "msg_conf.h"

struct conf;

/* What lies in the key directory, 0400 root, made at the first start. */
struct keys {
	char instance[CONF_INSTANCE_MAX];
	uint8_t builder[CONF_KEY_LEN]; /* public halves */
	uint8_t deployer[CONF_KEY_LEN];
};

int keys_load(const struct conf *, struct keys *);
int keys_open_secret(const struct conf *, const char *name);

#endif /* CID_KEYS_H */
