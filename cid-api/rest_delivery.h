#ifndef CID_REST_DELIVERY_H
#define CID_REST_DELIVERY_H

struct request;

void delivery_list(struct request *);
void delivery_list_project(struct request *);
void delivery_get(struct request *);

#endif /* CID_REST_DELIVERY_H */
