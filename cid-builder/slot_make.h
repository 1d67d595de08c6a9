#ifndef CID_SLOT_MAKE_H
#define CID_SLOT_MAKE_H

#include <stddef.h>

#include "label.h"
#include "reason.h"

struct slot_op;

enum reason slot_make(const struct slot_op *, char **body, size_t *len);
void slot_make_label(const struct slot_op *, enum label_kind, struct label *);

#endif /* CID_SLOT_MAKE_H */
