#ifndef CID_FAIL_H
#define CID_FAIL_H

#include "reason.h"

#define FAIL_TEXT_MAX 1024

/*
 * Why a job can't be done, for the user: a reason and a sentence.  Zeroed
 * memory is no failure.  The first one stands, later ones are consequences.
 */
struct fail {
	enum reason reason;
	char text[FAIL_TEXT_MAX];
};

int fail_set(struct fail *, enum reason, const char *, ...)
    __attribute__((__format__(printf, 3, 4)));
int fail_git(struct fail *, enum reason, const char *, ...)
    __attribute__((__format__(printf, 3, 4)));

#endif /* CID_FAIL_H */
