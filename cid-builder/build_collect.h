#ifndef CID_BUILD_COLLECT_H
#define CID_BUILD_COLLECT_H

struct build;

void build_collect(struct build *);
void build_collect_judge(struct build *);
void build_result(struct build *, int has_output);

#endif /* CID_BUILD_COLLECT_H */
