#ifndef CID_FOLLOW_H
#define CID_FOLLOW_H

#include <stdint.h>

struct ctl;

/* What is shown of the lines. */
enum follow_show {
	FOLLOW_LINES,
	FOLLOW_NOTHING /* only the end matters */
};

int follow_log(struct ctl *, int64_t build_id, enum follow_show);

#endif /* CID_FOLLOW_H */
