#ifndef CID_PROJECT_JSON_H
#define CID_PROJECT_JSON_H

struct actor;
struct json_object;
struct project;

/* All that is answered of a project; never a secret's value. */
struct json_object *project_json(const struct project *, const struct actor *);

/* The slots of its environments, for `…/status`. */
struct json_object *project_json_status(const struct project *);

#endif /* CID_PROJECT_JSON_H */
