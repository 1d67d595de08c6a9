#ifndef CID_EVENT_H
#define CID_EVENT_H

#include <bsd/sys/queue.h>
#include <stdint.h>

#include "db_build.h"

struct json_object;
struct msg_container;
struct msg_release_try;

/*
 * The hub of what people see live, in the shapes of `/ws`.  Call these when
 * the change is made: the event leaves after it is on disk, or not at all.
 * After the event of a build's end nothing more is expected in its log: send
 * the last LOG_LINE before.
 */
void event_build_status(const struct build *, enum build_state was);
void event_health_check(const struct msg_release_try *, const char *url);
/* status as it is shown: "Deploying", "Success", "Failed", "RolledBack" */
void event_deployment(const struct build *, const char *status, int slot);
void event_container_status(const struct msg_container *, const char *id);
void event_error(const char *code, const char *message, int64_t build_id,
    int64_t project_id);

/* Say whether a build has ended, and that is not told because not on disk. */
int event_is_ending(int64_t build_id);

/* One event; ids it does not belong to are 0. */
struct event_news {
	LIST_ENTRY(event_news) entry; /* of those not told yet */
	int64_t build_id;
	int64_t project_id;
	int build_state; /* enum build_state of a build_status, else -1 */
	uint32_t ref;	 /* of that build, for its log */
	uint32_t attempt;
	struct json_object *json;
};

/* Who listens embeds this and sets f, which may stop listening itself. */
struct event_listener {
	LIST_ENTRY(event_listener) entry;
	void (*f)(struct event_listener *, const struct event_news *);
};

void event_listen(struct event_listener *);

#endif /* CID_EVENT_H */
