#ifndef CID_DOCKER_CALL_H
#define CID_DOCKER_CALL_H

#include <stddef.h>

/* All that cid ever asks of the engine; docker_call.c lists what each is. */
enum docker_call {
	DOCKER_VERSION,
	DOCKER_INFO,
	DOCKER_EVENTS, /* b: filters */

	DOCKER_CONTAINERS,	  /* b: filters */
	DOCKER_CONTAINER_CREATE,  /* a: name */
	DOCKER_SHELF_CREATE,	  /* the engine names it */
	DOCKER_CONTAINER_INSPECT, /* a: name, as below */
	DOCKER_CONTAINER_START,
	DOCKER_CONTAINER_STOP,
	DOCKER_CONTAINER_KILL,
	DOCKER_CONTAINER_UPDATE,
	DOCKER_CONTAINER_REMOVE,
	DOCKER_CONTAINER_WAIT,	 /* for the end of the next run */
	DOCKER_CONTAINER_JOIN,	 /* for the end, if it has not ended */
	DOCKER_CONTAINER_ATTACH, /* output only */
	DOCKER_CONTAINER_LOGS,	 /* from the start, and on */
	DOCKER_CONTAINER_LOGGED, /* from the start up to now */
	DOCKER_CONTAINER_TAIL,	 /* the last lines */
	DOCKER_ARCHIVE_PUT,	 /* a tar to / */
	DOCKER_ARCHIVE_GET,	 /* b: path */
	DOCKER_ARCHIVE_STAT,	 /* b: path */

	DOCKER_IMAGES,	      /* b: filters */
	DOCKER_IMAGE_INSPECT, /* a: reference or id */
	DOCKER_IMAGE_RESOLVE, /* a: reference, asked of its registry */
	DOCKER_IMAGE_PULL,    /* b: reference with digest */
	DOCKER_IMAGE_IMPORT,  /* b: LABEL ...; the body is a tar */

	DOCKER_NETWORKS, /* b: filters */
	DOCKER_NETWORK_CREATE,
	DOCKER_NETWORK_INSPECT, /* a: name */
	DOCKER_NETWORK_REMOVE,

	DOCKER_VOLUMES, /* b: filters */
	DOCKER_VOLUME_INSPECT,
	DOCKER_VOLUME_REMOVE,
	DOCKER_CALLS
};

#define DOCKER_PATH_MAX 8192

const char *docker_call_method(enum docker_call);
int docker_call_path(enum docker_call, const char *version, const char *a,
    const char *b, char buf[DOCKER_PATH_MAX]);
int docker_call_is_name(const char *);
int docker_call_is_id(const char *);

#endif /* CID_DOCKER_CALL_H */
