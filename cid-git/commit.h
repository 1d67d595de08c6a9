#ifndef CID_COMMIT_H
#define CID_COMMIT_H

#include <git2.h>

struct fail;
struct spec_job;
struct spec_source;

int commit_find(git_repository *, const char *name, const git_oid *head,
    git_commit **, struct fail *);
int commit_prove(git_commit *, const git_oid *head, const char *branch,
    struct fail *);
void commit_describe(git_commit *, struct spec_source *);
int commit_match(git_commit *, const struct spec_job *, struct spec_source *,
    struct fail *);

#endif /* CID_COMMIT_H */
