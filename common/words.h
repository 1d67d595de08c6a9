#ifndef CID_WORDS_H
#define CID_WORDS_H

#include <stdint.h>

int words_size(const char *, int64_t *, const char **why);
int words_duration(const char *, int64_t *, const char **why);

#endif /* CID_WORDS_H */
