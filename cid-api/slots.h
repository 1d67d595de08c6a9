#ifndef CID_SLOTS_H
#define CID_SLOTS_H

#include <stdint.h>

#include "db_slot.h"
#include "spec_release.h"

/* How long after the drain limit silence counts as drained. */
#define SLOTS_SLACK_MS 5000

int slots_target(const struct slot_row[SLOTS]);
enum slot_want slots_want(const struct slot_row *);
int64_t
slots_drained_by(const struct slot_row *, int64_t drained_ms, int64_t drain_ms);
int64_t
slots_due(const struct slot_row *, int64_t drained_by, enum slot_want *);

#endif /* CID_SLOTS_H */
