#ifndef CID_STREAM_H
#define CID_STREAM_H

struct fail;
struct msg_conf_git;
struct url;

int stream_load(const struct msg_conf_git *);
int stream_register(void);
void stream_use(const struct msg_conf_git *, const struct url *, struct fail *);
int stream_is_late(void);

#endif /* CID_STREAM_H */
