#ifndef CID_HTTP_STATUS_H
#define CID_HTTP_STATUS_H

const char *http_status(int);

#endif /* CID_HTTP_STATUS_H */
