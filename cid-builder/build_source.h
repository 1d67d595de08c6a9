#ifndef CID_BUILD_SOURCE_H
#define CID_BUILD_SOURCE_H

struct build;

void build_source_begin(struct build *);
void build_source(struct build *);
void build_source_tell(struct build *);

#endif /* CID_BUILD_SOURCE_H */
