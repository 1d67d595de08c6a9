#ifndef CID_DB_BUILD_H
#define CID_DB_BUILD_H

#include <stdint.h>

#include "msg_build.h"
#include "name.h"

struct db_table;

/* R11; the database refuses any other move. */
enum build_state {
	BUILD_STATE_QUEUED,
	BUILD_STATE_BUILDING,
	BUILD_STATE_DEPLOYING,
	BUILD_STATE_SUCCESS,
	BUILD_STATE_FAILED,
	BUILD_STATE_CANCELLED,
	BUILD_STATES
};

enum build_source {
	BUILD_FROM_WEBHOOK,
	BUILD_BY_HAND,
	BUILD_AS_RETRY
};

/*
 * number is for people, 0 while only git can say whether there will be a
 * build; ref names the log and the volume, is there from the start, and is
 * what travels as msg_build.number.  They are the same unless the build
 * began pending.
 */
struct build {
	int64_t id;
	int64_t project_id;
	int64_t environment_id;
	int64_t number;
	int64_t ref;
	int64_t attempt;
	int state; /* enum build_state */
	int reason;
	char message[512]; /* a sentence beside the reason's, or "" */
	int source;	   /* enum build_source */
	char created_by[128];
	int64_t retry_of;
	int64_t priority;
	int is_pending;
	int is_forced; /* no path filter, no supersede */
	char branch[NAME_BRANCH_MAX];
	char commit[NAME_COMMIT_MAX]; /* "" : the head when it starts */
	char base[NAME_COMMIT_MAX];
	char author[256];
	char email[256];
	char subject[512];
	int64_t commit_ms;
	char slot[8]; /* "", "blue", "green" */
	int64_t exit_code;
	char *spec;   /* spec_build, NULL before BUILD_GO */
	char *result; /* spec_result, NULL before BUILD_DONE */
	int64_t queued_ms;
	int64_t started_ms;
	int64_t built_ms; /* when it went to Deploying */
	int64_t finished_ms;
};

enum stage_row_state {
	STAGE_ROW_RUNNING,
	STAGE_ROW_DONE,
	STAGE_ROW_FAILED,
	STAGE_ROW_WAITING
};

struct stage_row {
	int64_t id;
	int64_t build_id;
	int64_t attempt;
	int stage; /* enum stage */
	int state; /* enum stage_row_state */
	int reason;
	int64_t started_ms;
	int64_t ended_ms;
};

/* What a list asks for; 0, "" and -1 (state) mean any. */
struct build_filter {
	int64_t team_id;
	int64_t token_id;
	int64_t project_id; /* then these two do not matter */
	int state;
	int64_t limit;
	int64_t offset;
};

extern const struct db_table build_table;
extern const struct db_table stage_table;
extern const char *const build_state_names[]; /* "Queued", ... */
extern const char *const build_source_names[];
extern const char *const stage_names[]; /* "source", ... */
extern const char *const stage_state_names[];

/* 1 found, 0 not, -1 error; a found one is freed with db_build_free(). */
int db_build_get(int64_t id, struct build *);
int db_build_last(int64_t project_id, struct build *);
/* The newest build of the branch that succeeded: git's base. */
int
db_build_last_of_branch(int64_t project_id, const char *branch, struct build *);
void db_build_free(struct build *);

/* Newest first. */
int db_build_each(const struct build_filter *, int (*)(void *build, void *),
    void *);
int64_t db_build_count(const struct build_filter *);

/* All that have not ended, oldest first; f may change them. */
int db_build_each_open(int (*)(void *build, void *), void *);
int db_build_each_running(int (*)(void *build, void *), void *);

/* Adds it Queued; sets id, ref, queued_ms and, unless pending, number. */
int db_build_add(struct build *);
/* A pending build is a build after all: gives it its number. */
int db_build_settle(struct build *);
/*
 * Change the state and write every other column too; sets the time that
 * goes with it.  -1 when the move is not one of R11's.  reason and message
 * must be set before Failed and Cancelled.
 */
int db_build_move(struct build *, enum build_state);
int db_build_save(const struct build *);

/* Stages of the build's current attempt; put makes or changes the row. */
int db_stage_put(const struct stage_row *);
int db_stage_each(int64_t build_id, int (*)(void *stage_row, void *), void *);

#endif /* CID_DB_BUILD_H */
