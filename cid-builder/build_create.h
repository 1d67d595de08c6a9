#ifndef CID_BUILD_CREATE_H
#define CID_BUILD_CREATE_H

#include "reason.h"

struct build;

enum reason build_create_env(struct build *);
void build_create(struct build *);
void build_create_resume(struct build *);

#endif /* CID_BUILD_CREATE_H */
