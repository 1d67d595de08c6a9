#ifndef CID_MASK_H
#define CID_MASK_H

#include <stddef.h>

/*
 * Secrets that must not be readable in a log: each value, its lines when it
 * has many, and what base64 makes of it wherever it lies in what was
 * encoded.  A courtesy, as cid-builder(8) says: a container can always write
 * a secret in a way nobody foresaw.
 */
struct mask;

#define MASK_LEAST 4   /* shorter secrets would mask half the log */
#define MASK_MOST 4096 /* bytes of one needle; longer values are cut up */

struct mask *mask_new(void);
void mask_free(struct mask *);
int mask_add(struct mask *, const char *value, size_t len);
size_t mask_line(const struct mask *, char *line, size_t len);
size_t mask_cut(const struct mask *, const char *buf, size_t len, size_t at);

#endif /* CID_MASK_H */
