#ifndef CID_FETCH_H
#define CID_FETCH_H

#include <git2.h>

struct fail;
struct msg_conf_git;
struct spec_fetch;

int fetch_branch(const struct msg_conf_git *, const struct spec_fetch *,
    git_repository **, git_oid *head, struct fail *);
int fetch_all(const struct msg_conf_git *, const struct spec_fetch *,
    git_repository *, struct fail *);

#endif /* CID_FETCH_H */
