#ifndef CID_BUILD_JSON_H
#define CID_BUILD_JSON_H

struct build;
struct json_object;

/* As in lists, and with its stages and its release. */
struct json_object *build_json(const struct build *);
struct json_object *build_json_detail(const struct build *);

#endif /* CID_BUILD_JSON_H */
