#ifndef CID_JOB_H
#define CID_JOB_H

struct msg_conf_git;
struct msg_tail;

void job_conf(const struct msg_conf_git *);
const struct msg_conf_git *job_get_conf(void);
void job_want_fetch(struct msg_tail);
void job_want_tar(int fd);
void job_want_wipe(void);
void job_run(void);
void job_tidy(void);

#endif /* CID_JOB_H */
