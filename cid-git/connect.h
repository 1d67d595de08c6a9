#ifndef CID_CONNECT_H
#define CID_CONNECT_H

struct fail;
struct msg_conf_git;
struct url;

int connect_to(const struct url *, const struct msg_conf_git *, struct fail *);

#endif /* CID_CONNECT_H */
