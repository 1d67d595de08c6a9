#ifndef CID_RELEASE_H
#define CID_RELEASE_H

#include <stdint.h>

#include "db_release.h"
#include "reason.h"

struct build;
struct site;
struct slot_row;

/*
 * Releases in the rows.  None of these begins a transaction or tells
 * cid-deployer; callers do both.  They return REASON_NONE or 0 when done,
 * else after logging.
 */

/* From a build that succeeded, with the newest variables. */
enum reason release_of_build(struct site *, const struct build *, int slot,
    enum release_kind, const char *who, struct release_row *);
/* The same as one before: all of it is restored. */
enum reason release_of_release(struct site *, const struct release_row *,
    int slot, const char *who, struct release_row *);

/* Put it into its slot, which is empty. */
int release_place(struct site *, const struct release_row *);
/* Empty a slot that is not the active one. */
int release_end(struct site *, struct slot_row *, enum reason, const char *why);
/* Let a slot that is not active, or stops being it, wait as the way back. */
int release_rest(struct site *, struct slot_row *, int is_warm);
/* Visitors go to this slot from now on. */
int release_activate(struct site *, struct slot_row *, enum reason why);
/* What its health check asks for, as people would write it. */
#define RELEASE_URL_MAX 1100
void release_check_url(const struct site *, const struct slot_row *,
    char url[RELEASE_URL_MAX]);
/* 0, or when what left the slot's release to itself is over at the latest. */
int64_t release_drained_by(const struct slot_row *);

#endif /* CID_RELEASE_H */
