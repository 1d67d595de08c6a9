#ifndef CID_HEALTH_H
#define CID_HEALTH_H

struct request;

void health_get(struct request *);
void health_index(struct request *);
void health_metrics(struct request *);

#endif /* CID_HEALTH_H */
