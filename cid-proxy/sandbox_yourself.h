#ifndef CID_SANDBOX_YOURSELF_H
#define CID_SANDBOX_YOURSELF_H

struct proxy;

void sandbox_yourself(const struct proxy *);

#endif /* CID_SANDBOX_YOURSELF_H */
