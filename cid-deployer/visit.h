#ifndef CID_VISIT_H
#define CID_VISIT_H

#include <stdint.h>

struct env;

void visit_adopt(struct env *, uint32_t slot);
uint32_t visit_live(struct env *, uint32_t slot);
uint32_t visit_vacant(struct env *);
uint32_t visit_none(struct env *);

#endif /* CID_VISIT_H */
