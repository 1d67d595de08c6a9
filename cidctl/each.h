#ifndef CID_EACH_H
#define CID_EACH_H

struct ctl;
struct json_object;

int each_page(struct ctl *, const char *path, const char *name,
    struct json_object **all);

#endif /* CID_EACH_H */
