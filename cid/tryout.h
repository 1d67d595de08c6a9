#ifndef CID_TRYOUT_H
#define CID_TRYOUT_H

struct kid;
struct msg_try;
struct parent;

/*
 * Test builds only (cid -T edge:exec,api:fork): each program is asked to do
 * what it may never do, in its sandbox, and what came of it is printed.
 * Elsewhere these do nothing.
 */
void tryout_set(const char *list);
void tryout_begin(struct parent *);
void tryout_ready(struct kid *);
void tryout_done(struct kid *, const struct msg_try *);
void tryout_gone(struct kid *, int status);
int tryout_status(void);
int tryout_is_on(void);

#endif /* CID_TRYOUT_H */
