#ifndef CID_TREENAME_H
#define CID_TREENAME_H

const char *treename_check(const char *name);
int treename_is_twice(const char **names, unsigned long n);

#endif /* CID_TREENAME_H */
