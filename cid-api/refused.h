#ifndef CID_REFUSED_H
#define CID_REFUSED_H

#include "hook.h"

#define REFUSED_MAX 64

void refused_add(const struct hook_refused *);

#endif /* CID_REFUSED_H */
