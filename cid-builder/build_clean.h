#ifndef CID_BUILD_CLEAN_H
#define CID_BUILD_CLEAN_H

struct build;

void build_stop(struct build *);
void build_clean(struct build *);
void build_clean_stop(struct build *);

#endif /* CID_BUILD_CLEAN_H */
