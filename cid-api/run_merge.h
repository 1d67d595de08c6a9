#ifndef CID_RUN_MERGE_H
#define CID_RUN_MERGE_H

#include <stddef.h>

#include "reason.h"
#include "spec_file.h"

struct project;

#define RUN_WHY_MAX 512

/* What a project gets when it says nothing. */
#define RUN_MEMORY ((int64_t)512 << 20)
#define RUN_NANO_CPUS 1000000000
#define RUN_PIDS 512

void run_settings(const struct project *, struct spec_file *);
enum reason run_merge(struct spec_file *, const char *json, struct spec_file *,
    char why[RUN_WHY_MAX]);

#endif /* CID_RUN_MERGE_H */
