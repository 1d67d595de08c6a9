#ifndef CID_ADMIN_H
#define CID_ADMIN_H

#include <stddef.h>

struct client;
struct target;
struct text;

int admin_place(struct client *, const char *, size_t head_len, struct text *,
    struct target **);

#endif /* CID_ADMIN_H */
