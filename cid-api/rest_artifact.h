#ifndef CID_REST_ARTIFACT_H
#define CID_REST_ARTIFACT_H

struct event_base;
struct request;

void artifact_loop(struct event_base *);
void artifact_list(struct request *);
void artifact_get(struct request *);

#endif /* CID_REST_ARTIFACT_H */
