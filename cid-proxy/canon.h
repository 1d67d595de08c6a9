#ifndef CID_CANON_H
#define CID_CANON_H

#include <stddef.h>
#include <stdint.h>

struct http1_head;

#define CANON_HEAD_MAX 4096
#define CANON_TARGET_MAX 2048

int canon_is_webhook(const char *path, size_t len);
uint64_t canon_body_max(const char *path, size_t len);
int canon_check(const struct http1_head *, const char *buf, const char *host);

#endif /* CID_CANON_H */
