#ifndef CID_RANGE_H
#define CID_RANGE_H

#include <stdint.h>

enum range_verdict {
	RANGE_ALL,  /* none asked for, or one that is to be ignored */
	RANGE_PART, /* from and to, both included */
	RANGE_NONE  /* there is nothing there: 416 */
};

enum range_verdict
range_read(const char *header, uint64_t size, uint64_t *from, uint64_t *to);

#endif /* CID_RANGE_H */
