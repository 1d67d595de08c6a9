#ifndef CID_REST_TOKEN_H
#define CID_REST_TOKEN_H

struct request;
struct schema;

void token_list(struct request *);
void token_create(struct request *);
void token_delete(struct request *);

extern const struct schema token_create_schema;

#endif /* CID_REST_TOKEN_H */
