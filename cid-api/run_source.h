#ifndef CID_RUN_SOURCE_H
#define CID_RUN_SOURCE_H

#include <stddef.h>

struct build;

void run_take_source(struct build *, const char *json, size_t);

#endif /* CID_RUN_SOURCE_H */
