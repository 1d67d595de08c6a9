#ifndef CID_FILE_H
#define CID_FILE_H

#include <git2.h>

struct fail;
struct spec_source;

int file_read(git_tree *, const char *dir, struct spec_source *, struct fail *);

#endif /* CID_FILE_H */
