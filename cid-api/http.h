#ifndef CID_HTTP_H
#define CID_HTTP_H

#include "msg_conf.h"

struct event_base;

/*
 * Serve HTTP on a listening UNIX socket, which is http.c's from then on.
 * -1 after logging.
 */
int http_listen(struct event_base *, enum listener_kind, int fd);
void http_stop(void); /* accept nothing more */

#endif /* CID_HTTP_H */
