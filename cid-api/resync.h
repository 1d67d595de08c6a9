#ifndef CID_RESYNC_H
#define CID_RESYNC_H

struct event_base;

/*
 * Call where a fact of another process is taken: should the turn's changes
 * not reach the disk, what is wanted and what is are compared anew.
 */
void resync_watch(void);
/* It could not even be put into the turn's transaction. */
void resync_soon(void);
void resync_loop(struct event_base *);

#endif /* CID_RESYNC_H */
