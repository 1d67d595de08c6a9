#ifndef CID_BUILD_RUN_H
#define CID_BUILD_RUN_H

struct answer_container;
struct build;

void build_run(struct build *);
void build_run_resume(struct build *, const struct answer_container *);
void build_run_kill(struct build *);
void build_run_stop(struct build *);

#endif /* CID_BUILD_RUN_H */
