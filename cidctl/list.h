#ifndef CID_LIST_H
#define CID_LIST_H

struct ctl;
struct json_object;

int list_run(struct ctl *, int argc, char **argv);
int list_status(struct ctl *, int argc, char **argv);
void list_print_status(struct json_object *);

#endif /* CID_LIST_H */
