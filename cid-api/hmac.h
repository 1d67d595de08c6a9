#ifndef CID_HMAC_H
#define CID_HMAC_H

#include <stddef.h>

#define HMAC_LEN 32

struct hmac;

/* HMAC-SHA256 over bytes as they arrive; NULL and -1 mean no memory. */
struct hmac *hmac_new(const void *key, size_t);
int hmac_add(struct hmac *, const void *, size_t);
void hmac_free(struct hmac *);

/* "sha256=" and 64 hex digits. */
int hmac_parse(const char *header, unsigned char mac[HMAC_LEN]);
/* Ends the sum.  1 when it is that one, 0 when not; takes the same time. */
int hmac_is(struct hmac *, const unsigned char mac[HMAC_LEN]);

#endif /* CID_HMAC_H */
