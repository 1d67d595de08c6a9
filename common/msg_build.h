#ifndef CID_MSG_BUILD_H
#define CID_MSG_BUILD_H

#include <stdint.h>

/* Names one build in everything that cid-api and cid-builder say about it. */
struct msg_build {
	uint64_t build_id;
	uint64_t project_id;
	uint32_t number;  /* of the project, names its log and its volume */
	uint32_t attempt; /* 1 for the first; stale answers are dropped */
};

/* A build's way, in this order; release to switch are cid-deployer's part. */
enum stage {
	STAGE_SOURCE,
	STAGE_IMAGE,
	STAGE_BUILD,
	STAGE_RELEASE,
	STAGE_HEALTH,
	STAGE_SWITCH,
	STAGE_MAX
};

enum stage_state {
	STAGE_BEGAN,
	STAGE_ENDED,
	STAGE_FAILED,
	STAGE_WAITS, /* the engine is down */
	STAGE_STATES
};

struct msg_build_stage {
	struct msg_build build;
	uint32_t stage; /* enum stage */
	uint32_t state; /* enum stage_state */
	uint64_t time_ms;
	uint32_t reason; /* enum reason, why it failed or waits */
	uint32_t zero;
};

enum build_result {
	BUILD_SUCCEEDED,
	BUILD_FAILED,
	BUILD_CANCELLED,
	BUILD_LOST, /* this builder knows nothing of it: start it again */
	BUILD_RESULTS
};

/* BUILD_DONE: the tail is the result document or the sentence. */
struct msg_build_end {
	struct msg_build build;
	uint32_t result; /* enum build_result */
	uint32_t reason; /* enum reason */
	int32_t exit_code;
	uint32_t zero;
};

/*
 * Whole, indexed lines only.  ended answers LOG_END: every line sent before
 * it is in the log, nothing more is expected.  It is answered at once, also
 * for a build that has no log.
 */
struct msg_log_grew {
	struct msg_build build;
	uint64_t lines;
	uint64_t bytes;
	uint32_t ended;
	uint32_t zero;
};

/*
 * ARTIFACT_READ: the tail is a path below the build's /output, without a
 * slash in front; "" asks for the list of all.  The answer goes into the
 * pipe that comes along: one line of JSON for each regular file,
 *	{"path":"a/b","size":12,"time_s":1700000000}
 * and, when a path was given, one such line and then the file's bytes.  What
 * can't be read is {"error":"ARTIFACT_GONE","message":"..."} instead, or
 * another reason.  The end of the pipe is the end; ARTIFACT_DONE follows it.
 * A file whose path is longer, or not UTF-8, can't be asked for or listed.
 */
#define ARTIFACT_PATH_MAX 1024 /* bytes without the NUL */

struct msg_project {
	uint64_t project_id;
};

struct msg_engine {
	uint32_t up;
	uint32_t reason;
};

struct msg_git_start {
	uint64_t project_id;
	uint32_t job; /* instance of the edge to it; GIT_KILL: 0 is any */
	uint32_t reason;
};

struct msg_git_done {
	uint32_t ok;
	uint32_t reason;
	uint64_t entries; /* of the tar stream */
	uint64_t bytes;
};

#endif /* CID_MSG_BUILD_H */
