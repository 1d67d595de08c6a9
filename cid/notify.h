#ifndef CID_NOTIFY_H
#define CID_NOTIFY_H

void notify_ready(void);
void notify_stopping(void);

#endif /* CID_NOTIFY_H */
