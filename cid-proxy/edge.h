#ifndef CID_EDGE_H
#define CID_EDGE_H

#include <stddef.h>

struct client;
struct target;
struct text;

int edge_place(struct client *, const char *, size_t head_len, struct text *,
    struct target **);

#endif /* CID_EDGE_H */
