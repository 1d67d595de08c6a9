#ifndef CID_BUILD_SPEC_H
#define CID_BUILD_SPEC_H

#include "reason.h"

struct msg_conf_builder;
struct spec_build;
struct spec_job;

enum reason build_spec_check(struct spec_build *, const struct spec_job *,
    const struct msg_conf_builder *);

#endif /* CID_BUILD_SPEC_H */
