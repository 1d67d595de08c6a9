#ifndef CID_TUNNEL_H
#define CID_TUNNEL_H

struct client;

void tunnel_begin(struct client *);
void tunnel_run(struct client *);

#endif /* CID_TUNNEL_H */
