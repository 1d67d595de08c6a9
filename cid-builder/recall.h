#ifndef CID_RECALL_H
#define CID_RECALL_H

#include <stddef.h>
#include <stdint.h>

#define RECALL_MAX 262144 /* bytes that are remembered */

/*
 * The last bytes of one output, to see where another telling of it leaves
 * the first.  Zeroed memory is one that heard nothing.
 */
struct recall {
	char *ring;
	uint64_t end; /* bytes of the output so far */
	uint64_t pos; /* of this telling; behind end: what comes is compared */
};

void recall_again(struct recall *);
size_t recall_take(struct recall *, const char *, size_t);
uint64_t recall_back(struct recall *, char *, size_t, size_t *);
void recall_free(struct recall *);

#endif /* CID_RECALL_H */
