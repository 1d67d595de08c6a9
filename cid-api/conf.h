#ifndef CID_CONF_H
#define CID_CONF_H

struct msg_conf_api;

/* What the parent handed over last; never NULL after child_start(). */
const struct msg_conf_api *conf_get(void);
void conf_set(const struct msg_conf_api *);

#endif /* CID_CONF_H */
