#ifndef CID_FIREWALL_H
#define CID_FIREWALL_H

struct conf;
struct users;

int
firewall_load(const struct conf *, const struct users *, const char *instance);
int firewall_check_pool(const struct conf *, const char *instance);

#endif /* CID_FIREWALL_H */
