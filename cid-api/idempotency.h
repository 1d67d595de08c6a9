#ifndef CID_IDEMPOTENCY_H
#define CID_IDEMPOTENCY_H

#include <stddef.h>

struct request;

/*
 * Idempotency-Key on a POST: the first answer is kept for a day and given
 * again to the same actor.  _check() returns 0 to go on, 1 when it has
 * answered; _store() is called with each answer that is made.
 */
int idempotency_check(struct request *, const char *body, size_t len);
void idempotency_store(struct request *, const char *text);

#endif /* CID_IDEMPOTENCY_H */
