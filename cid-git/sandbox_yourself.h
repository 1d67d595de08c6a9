#ifndef CID_SANDBOX_YOURSELF_H
#define CID_SANDBOX_YOURSELF_H

struct msg_conf_git;

void sandbox_yourself(const struct msg_conf_git *); /* sandbox.c */

#endif /* CID_SANDBOX_YOURSELF_H */
