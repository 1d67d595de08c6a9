#ifndef CID_LOGEND_H
#define CID_LOGEND_H

#include <bsd/sys/queue.h>
#include <stdint.h>

struct event_base;
struct msg_log_grew;

/*
 * Who follows a build's log.  wake is called when lines were added, when
 * the build ended and when its log is complete.
 */
struct logend_follower {
	LIST_ENTRY(logend_follower) entry;
	int64_t build_id;
	void (*wake)(struct logend_follower *);
};

void logend_init(struct event_base *);
void logend_follow(struct logend_follower *);
void logend_unfollow(struct logend_follower *);

/* Say whether lines of a build that has ended may still come. */
int logend_is_awaited(int64_t build_id);

void logend_grew(const struct msg_log_grew *);
void logend_builder_down(void);

#endif /* CID_LOGEND_H */
