#ifndef CID_JSON_H
#define CID_JSON_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/*
 * Reading what the engine says, which may be anything: what is missing or of
 * another type is "", 0 or NULL, and text is cut to the caller's buffer.
 */
struct json_object *json_read(const char *, size_t);
void json_free(struct json_object *);

/* path is "State.ExitCode"; the result belongs to the object. */
struct json_object *json_at(struct json_object *, const char *path);
const char *json_text(struct json_object *, const char *path);
/* A member whose name may have dots. */
const char *json_label(struct json_object *, const char *key);
int64_t json_number(struct json_object *, const char *path);
int json_flag(struct json_object *, const char *path);
size_t json_len(struct json_object *array);
struct json_object *json_item(struct json_object *array, size_t);

/* Text with what is not printable ASCII or UTF-8 made '?'. */
void json_copy(struct json_object *, const char *path, char *, size_t);

#endif /* CID_JSON_H */
