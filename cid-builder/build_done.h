#ifndef CID_BUILD_DONE_H
#define CID_BUILD_DONE_H

#include <stddef.h>

struct msg_build;
struct msg_build_end;

void build_done(const struct msg_build_end *, const char *tail, size_t);
int build_done_again(const struct msg_build *);

#endif /* CID_BUILD_DONE_H */
