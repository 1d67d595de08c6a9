#ifndef CID_SHELF_H
#define CID_SHELF_H

#include <stdint.h>

#include "answer.h"
#include "reason.h"

struct shelf;

/*
 * A container that is never started: what lies in a build's output volume
 * can be read through it.  done is called from the loop, once, with the
 * container's id or why there is none.
 */
struct shelf *shelf_make(uint64_t project_id, uint32_t number,
    void (*done)(void *, const char *id, enum reason, const char *text),
    void *arg);
void shelf_cancel(struct shelf *);
void shelf_remove(const char *id);

#endif /* CID_SHELF_H */
