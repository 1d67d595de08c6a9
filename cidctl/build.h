#ifndef CID_BUILD_H
#define CID_BUILD_H

struct ctl;

int build_deploy(struct ctl *, int argc, char **argv);
int build_list(struct ctl *, int argc, char **argv);
int build_cancel(struct ctl *, int argc, char **argv);

#endif /* CID_BUILD_H */
