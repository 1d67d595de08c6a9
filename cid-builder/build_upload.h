#ifndef CID_BUILD_UPLOAD_H
#define CID_BUILD_UPLOAD_H

#include <stddef.h>

struct build;

void build_upload(struct build *);
void build_upload_made(struct build *, const char *deepest, size_t);

#endif /* CID_BUILD_UPLOAD_H */
