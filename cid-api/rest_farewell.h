#ifndef CID_REST_FAREWELL_H
#define CID_REST_FAREWELL_H

#include <stdint.h>

struct event_base;
struct project;
struct request;

/*
 * The answer to a DELETE of a project: 200 when all of it is gone, 202 when
 * that takes longer than people wait.  Both say what belonged to it.
 */
void farewell_loop(struct event_base *);
void farewell_await(struct request *, const struct project *);
void farewell_done(int64_t project_id);

#endif /* CID_REST_FAREWELL_H */
