#ifndef CID_API_WORLD_H
#define CID_API_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "db_build.h"
#include "db_slot.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "request.h"

struct event_base;

/*
 * The world around cid-api's queue and releases: a real database, edges that
 * remember what was sent, people who watch.
 */
struct world {
	struct event_base *base;
	struct msg_conf_api conf;
	int builder; /* is there */
	int deployer;
	int64_t project; /* "shop" */
	int64_t env;	 /* its production */
	struct actor who;
	int64_t gone; /* project_gone() was called for it */
};

extern struct world world;

int world_begin(void **);
int world_end(void **);
int64_t world_project(const char *name, int64_t *env);
void world_turn(void);
void world_wait(void); /* until something is sent */

/* What was sent since the last world_forget(), the newest first. */
struct sent {
	uint32_t type;
	void *data;
	char *tail; /* with a NUL behind */
};
void world_forget(void);
size_t world_count(uint32_t type);
const struct sent *world_sent(uint32_t type); /* fails the test: none */
int world_said(const char *part);	      /* in a LOG_LINE */

/* The build in the state that the row says. */
void world_build(int64_t id, struct build *);
void must_be_build(int64_t id, enum build_state, int reason);
void must_be_slot(int slot, enum slot_state, int64_t build_id);

/* What the others say. */
int64_t world_trigger(void);
void world_engine(int up);
struct msg_build world_name(int64_t build_id);
void world_spec(int64_t build_id, const char *source);
void
world_done(int64_t build_id, enum build_result, int reason, const char *tail);
struct msg_release world_release(int slot);
int world_wants(int slot);   /* enum slot_want in the last RELEASE_WANT */
int64_t world_go_live(void); /* a build, all the way */

#define WORLD_COMMIT "0123456789abcdef0123456789abcdef01234567"
#define WORLD_SOURCE \
	"{\"commit\":\"" WORLD_COMMIT "\",\"subject\":\"Mend it\"," \
	"\"matched\":true}"
#define WORLD_RESULT \
	"{\"runtime_image\":\"busybox\",\"has_output\":true,\"port\":3000}"

#endif /* CID_API_WORLD_H */
