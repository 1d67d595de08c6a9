#ifndef CID_FIELD_H
#define CID_FIELD_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/* path is a name, or names joined by dots. */
struct json_object *field_get(struct json_object *, const char *path);
const char *field_text(struct json_object *, const char *path);
int64_t field_int(struct json_object *, const char *path);
int field_is(struct json_object *, const char *path);
int field_is_set(struct json_object *, const char *path);

#endif /* CID_FIELD_H */
