#ifndef CID_REST_LOG_H
#define CID_REST_LOG_H

struct request;

void log_get(struct request *);
void log_download(struct request *);

#endif /* CID_REST_LOG_H */
