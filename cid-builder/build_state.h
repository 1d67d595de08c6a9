#ifndef CID_BUILD_STATE_H
#define CID_BUILD_STATE_H

#include <bsd/sys/queue.h>
#include <stdint.h>

#include "answer.h"
#include "docker_demux.h"
#include "env.h"
#include "image.h"
#include "linebuf.h"
#include "msg_build.h"
#include "name.h"
#include "recall.h"
#include "spec.h"
#include "stage.h"
#include "tar.h"

struct docker_req;
struct event;
struct logfile;
struct network;
struct source;

/* How far a build is; what each needs is in the file named with it. */
enum build_step {
	STEP_SOURCE, /* build_source.c */
	STEP_GO,     /* the API has the source's description */
	STEP_IMAGE,  /* build_image.c */
	STEP_CREATE, /* build_create.c */
	STEP_UPLOAD, /* build_upload.c */
	STEP_START,  /* build_run.c */
	STEP_RUN,
	STEP_COLLECT, /* build_collect.c */
	STEP_CLEAN    /* build_clean.c; the API knows how it ended */
};

/* One build, from BUILD_START until nothing of it is left to remove. */
struct build {
	TAILQ_ENTRY(build) entry;
	struct msg_build id;
	enum build_step step;
	int is_waiting; /* for the engine, before step begins */
	struct stages stages;
	struct logfile *log;
	struct event *timer;
	uint64_t began_ms; /* of the current limit, monotonic */

	struct spec_job job;
	struct source *source;
	char *found; /* BUILD_SPEC's document, to be sent again */
	size_t found_len;

	struct spec_build spec;
	int has_spec;
	struct env env;
	struct image *image;
	struct image *runtime;
	struct image_result image_is;
	struct image_result runtime_is;
	struct network *network;
	int network_wanted; /* there may be one to remove */
	int network_ready;
	struct docker_req *volume; /* an old /output is being removed */
	int volume_used;	   /* it could not be */

	char name[NAME_DOCKER_MAX]; /* of its container */
	int container_wanted;	    /* there may be one to remove */
	int resumed; /* an earlier builder, or engine, had started it */
	int resumed_after_engine;
	int is_creating;	   /* req makes the container */
	struct docker_req *req;	   /* the one thing that is being asked */
	struct docker_req *output; /* attach or logs */
	struct docker_req *wait;
	char deepest[TAR_PATH_MAX]; /* entry of the source */
	int tar_sent;		    /* the engine took all of it */
	int tar_made;		    /* cid-git made all of it */
	int attached;
	int waited_for; /* began to wait */
	int output_over;
	int exit_known;
	int rest_read; /* of a followed log, after the end */
	int timed_out;
	int exit_code;
	int oom;	 /* the engine said so, in whatever way */
	int oom_awaited; /* it may say so yet */
	struct docker_demux demux;
	struct linebuf lines[2]; /* stdout, stderr */
	struct recall said[2];	 /* the same, while cid-builder lives */

	struct tar tar; /* of /output */
	int64_t output_entries;
	int64_t output_bytes;
	int64_t output_read;

	int keep_output;
	struct docker_req *cleaning;
	int is_gone;
	char *next; /* BUILD_START of the next attempt, held until gone */
	size_t next_len;
	struct msg_build next_id;
};

#endif /* CID_BUILD_STATE_H */
