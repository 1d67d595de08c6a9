#ifndef CID_USAGE_H
#define CID_USAGE_H

#include <stdio.h>

void usage_all(FILE *);
int usage_of(const char *command);

#endif /* CID_USAGE_H */
