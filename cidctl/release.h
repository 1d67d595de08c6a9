#ifndef CID_RELEASE_H
#define CID_RELEASE_H

struct ctl;

int release_rollback(struct ctl *, int argc, char **argv);

#endif /* CID_RELEASE_H */
