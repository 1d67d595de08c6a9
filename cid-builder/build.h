#ifndef CID_BUILD_H
#define CID_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"
#include "reason.h"

struct answer_event;
struct build;
struct event_base;
struct msg_build;
struct msg_build_end;

/* What the API orders. */
void build_start(const struct msg_build *, struct msg_tail);
void build_go(const struct msg_build *, struct msg_tail);
void build_cancel(const struct msg_build_end *, struct msg_tail);

/* What happens. */
void build_init(struct event_base *);
void build_engine_up(void);
void build_engine_down(void);
void build_event(const struct answer_event *);
int build_is_known(uint64_t project_id, uint32_t number, uint64_t build_id);
void build_remove_project(uint64_t project_id);

/* For the files that take a build through its steps. */
void build_step(struct build *);
void build_limit(struct build *, int64_t seconds);
void build_fail(struct build *, enum reason, const char *detail);
void build_fail_exit(struct build *, enum reason, int exit_code);
void build_lose(struct build *);
void build_succeed(struct build *, const char *result, size_t len);
void build_forget(struct build *);

#endif /* CID_BUILD_H */
