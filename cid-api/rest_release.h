#ifndef CID_REST_RELEASE_H
#define CID_REST_RELEASE_H

struct request;
struct schema;

/* What should run, by people's orders. */
void release_post_rollback(struct request *);
void release_post_restart(struct request *);
void release_post_stop(struct request *);
void release_post_promote(struct request *);
void release_post_reconcile(struct request *);

extern const struct schema release_order_schema;
extern const struct schema release_reconcile_schema;

#endif /* CID_REST_RELEASE_H */
