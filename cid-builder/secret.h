#ifndef CID_SECRET_H
#define CID_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "seal.h"

struct env;
struct imageref;
struct mask;
struct schema_list;
struct spec_sealed;

int secret_load(int fd);
int secret_add_env(struct env *, struct mask *, const struct schema_list *,
    uint64_t project_id, const char *environment, enum seal_scope);
char *secret_names(const struct schema_list *);
char *secret_registry(const struct schema_list *, const struct imageref *,
    uint64_t project_id);
char *
secret_git(const struct spec_sealed *, const char *repo, uint64_t project_id);

#endif /* CID_SECRET_H */
