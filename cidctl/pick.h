#ifndef CID_PICK_H
#define CID_PICK_H

#include <stdint.h>

struct ctl;
struct json_object;

int pick_build(struct ctl *, const char *name, struct json_object **);
int pick_number(const char *, int64_t *);

#endif /* CID_PICK_H */
