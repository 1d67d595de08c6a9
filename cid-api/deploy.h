#ifndef CID_DEPLOY_H
#define CID_DEPLOY_H

#include "db_release.h"
#include "reason.h"

struct build;
struct site;
struct slot_row;

/*
 * Steps of a release with all that goes with them: rows in one transaction,
 * stages, log and events of the build it is of, cid-deployer told.
 */

/* Put a release just made into its slot. */
enum reason
deploy_begin(struct site *, const struct release_row *, struct build *);
/* Its health check passed, or nobody needs to wait for one. */
enum reason deploy_switch(struct site *, struct slot_row *, enum reason why);
void
deploy_fail(struct site *, struct slot_row *, enum reason, const char *why);
/* The workers send visitors to it. */
void deploy_done(struct site *, struct slot_row *);

/* The build that this release is to end; 1 when there is one, else 0. */
int deploy_build_of(const struct slot_row *, struct build *);

#endif /* CID_DEPLOY_H */
