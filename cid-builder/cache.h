#ifndef CID_CACHE_H
#define CID_CACHE_H

#include <stddef.h>

#include "reason.h"

struct env;
struct spec_build;
struct template;

enum reason cache_set_env(struct env *, const struct spec_build *);
enum reason cache_mount(struct template *, const struct spec_build *);

#endif /* CID_CACHE_H */
