#ifndef CID_REST_BUILD_H
#define CID_REST_BUILD_H

struct request;
struct schema;

void build_list(struct request *);
void build_list_project(struct request *);
void build_create(struct request *);
void build_get(struct request *);
void build_stop(struct request *);
void build_again(struct request *);

extern const struct schema build_create_schema;

#endif /* CID_REST_BUILD_H */
