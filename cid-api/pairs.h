#ifndef CID_PAIRS_H
#define CID_PAIRS_H

#include "schema.h"

/* Lists of name, value, name, ... whose strings are their own. */
int pairs_set(struct schema_list *, const char *name, const char *value);
int pairs_set_all(struct schema_list *, const struct schema_list *);
void pairs_drop(struct schema_list *, const char *name);
const char *pairs_get(const struct schema_list *, const char *name);
void pairs_free(struct schema_list *);

/* Lists of strings. */
int strings_copy(struct schema_list *, const struct schema_list *);

#endif /* CID_PAIRS_H */
