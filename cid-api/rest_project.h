#ifndef CID_REST_PROJECT_H
#define CID_REST_PROJECT_H

#include <stdint.h>

struct request;

void project_list(struct request *);
void project_create(struct request *);
void project_get(struct request *);
void project_update(struct request *);
void project_delete(struct request *);
void project_status(struct request *);

/* All that a removed project had is gone: its rows go too. */
void project_gone(int64_t project_id);

#endif /* CID_REST_PROJECT_H */
