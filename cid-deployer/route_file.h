#ifndef CID_ROUTE_FILE_H
#define CID_ROUTE_FILE_H

#include <stddef.h>

struct msg_route;

int route_file(const struct msg_route *, size_t len);

#endif /* CID_ROUTE_FILE_H */
