#ifndef CID_SANDBOX_YOURSELF_H
#define CID_SANDBOX_YOURSELF_H

void sandbox_yourself(void);

#endif /* CID_SANDBOX_YOURSELF_H */
