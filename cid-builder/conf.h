#ifndef CID_CONF_H
#define CID_CONF_H

struct msg_conf_builder;
struct template_ceiling;

void conf_set(const struct msg_conf_builder *);
const struct msg_conf_builder *conf(void);
void conf_ceiling(struct template_ceiling *);
int conf_allows_registry(const char *host);

#endif /* CID_CONF_H */
