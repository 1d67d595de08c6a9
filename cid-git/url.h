#ifndef CID_URL_H
#define CID_URL_H

#include <stddef.h>
#include <stdint.h>

#define URL_HOST_MAX 256
#define URL_PATH_MAX 1024

/* An https address, taken apart. */
struct url {
	char host[URL_HOST_MAX]; /* lower case, without brackets */
	char port[8];
	uint32_t port_number;
	char path[URL_PATH_MAX]; /* begins with '/', ends with none */
};

int url_parse(const char *, struct url *, const char **why);
int url_is_below(const struct url *, const char *origin);
int url_is_under(const char *path, const char *root);

#endif /* CID_URL_H */
