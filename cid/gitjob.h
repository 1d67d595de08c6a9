#ifndef CID_GITJOB_H
#define CID_GITJOB_H

struct kid;
struct msg_git_start;
struct parent;

void gitjob_start(struct parent *, struct kid *builder,
    const struct msg_git_start *);
void gitjob_kill(const struct msg_git_start *);
void gitjob_orphaned(void);
void gitjob_ended(struct parent *, struct kid *);

#endif /* CID_GITJOB_H */
