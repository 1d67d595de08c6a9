#ifndef CID_PROJECT_H
#define CID_PROJECT_H

struct ctl;

int project_apply(struct ctl *, int argc, char **argv);
int project_show(struct ctl *, int argc, char **argv);
int project_delete(struct ctl *, int argc, char **argv);

#endif /* CID_PROJECT_H */
