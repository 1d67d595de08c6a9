#ifndef CID_TEMPLATE_NETWORK_H
#define CID_TEMPLATE_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "label.h"
#include "name.h"

/* A network of cid's; base is that of an environment's /27, 0: any. */
struct template_network {
	char name[NAME_DOCKER_MAX];
	char bridge[NAME_DOCKER_MAX];
	uint32_t base;
	struct label label;
};

char *template_network(const struct template_network *, size_t *len);
int
template_is_network(const struct template_network *, const char *body, size_t);

int template_is_network_of(const char *body, size_t, const char *instance);

#endif /* CID_TEMPLATE_NETWORK_H */
