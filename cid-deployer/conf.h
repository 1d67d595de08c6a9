#ifndef CID_CONF_H
#define CID_CONF_H

struct msg_conf_deployer;

void conf_take(const struct msg_conf_deployer *);
const struct msg_conf_deployer *conf(void);

#endif /* CID_CONF_H */
