#ifndef CID_ANSWER_H
#define CID_ANSWER_H

#include <stddef.h>

struct request;

void answer_text(struct request *, int status, const char *type, const char *,
    size_t);

#endif /* CID_ANSWER_H */
