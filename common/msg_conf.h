#ifndef CID_MSG_CONF_H
#define CID_MSG_CONF_H

#include <stdint.h>

/*
 * What the parent hands to each child, and the rows of its daily talk with
 * them.  Sent before START, and again as a whole when cid.conf is reloaded.
 */

#define CONF_PATH_MAX 256
#define CONF_HOST_MAX 256
#define CONF_LIST_MAX 16
#define CONF_INSTANCE_MAX 37 /* a uuid and its NUL */
#define CONF_KEY_LEN 32	     /* crypto_box public key */

/* The addresses that slots get; host byte order. */
struct conf_pool {
	uint32_t net;
	uint32_t bits;
};

/* A host and port that outgoing calls may reach although it is not public. */
struct conf_hostport {
	char host[CONF_HOST_MAX];
	uint32_t port; /* 0: any */
};

struct msg_conf_edge {
	struct conf_pool pool;
	char root[CONF_PATH_MAX];   /* an empty directory */
	char domain[CONF_HOST_MAX]; /* "" : path routes answer on any host */
	uint32_t worker;
	uint32_t head_timeout_ms;
	uint32_t idle_timeout_ms;
	uint32_t connect_timeout_ms;
	uint32_t upstream_timeout_ms; /* silence while an answer is due */
	uint32_t drain_ms;
	uint32_t clients_max;
	uint64_t body_max;
};

struct msg_conf_admin {
	uint32_t head_timeout_ms;
	uint32_t idle_timeout_ms;
	uint32_t clients_max;
	char root[CONF_PATH_MAX]; /* directory of api.sock, nothing else */
	char host[CONF_HOST_MAX]; /* "" : any Host is served */
};

struct msg_conf_api {
	char instance[CONF_INSTANCE_MAX];
	char db[CONF_PATH_MAX];		/* directory */
	char logs[CONF_PATH_MAX];	/* directory, read only */
	char public_url[CONF_HOST_MAX]; /* of the apps: scheme, host, port */
	char api_url[CONF_HOST_MAX];	/* of the API, for webhook addresses */
	char domain[CONF_HOST_MAX];
	uint8_t builder_key[CONF_KEY_LEN];
	uint8_t deployer_key[CONF_KEY_LEN];
	struct conf_pool pool;
	uint32_t builds_parallel;
	uint32_t build_timeout_s;
	uint32_t port_base;  /* production: base + project id * 10 + 1 or 2 */
	uint32_t port_limit; /* last port of that range; 0 publishes none */
	uint32_t grace_s;
	uint32_t warm_s;
	uint32_t drain_ms;
	uint32_t keep_builds; /* artifacts and logs kept per project */
	uint32_t git_local;   /* local paths may be named as repositories */
	uint32_t firewall;    /* 0: NO_FIREWALL, nothing is built or released */
};

struct msg_conf_builder {
	char instance[CONF_INSTANCE_MAX];
	char docker[CONF_PATH_MAX]; /* socket */
	char logs[CONF_PATH_MAX];   /* directory */
	struct conf_pool pool;
	uint8_t key[CONF_KEY_LEN]; /* public half of SECRET_BUILDER */
	uint64_t memory_max;	   /* ceilings of what a spec may ask for */
	uint64_t nano_cpus_max;
	uint64_t log_max; /* bytes of one build's log */
	uint32_t pids_max;
	uint32_t build_timeout_s;
	char cgroup_parent[CONF_HOST_MAX];
	char registries[CONF_LIST_MAX][CONF_HOST_MAX]; /* none: any */
	uint32_t registries_len;
};

struct msg_conf_git {
	uint64_t project_id;
	char ca[CONF_PATH_MAX];			   /* "" : the system's */
	char local[CONF_LIST_MAX][CONF_PATH_MAX];  /* roots, read only */
	struct conf_hostport allow[CONF_LIST_MAX]; /* see addr_judge() */
	uint32_t local_len;
	uint32_t allow_len;
	uint32_t timeout_s;
	uint64_t pack_max; /* bytes */
};

struct msg_conf_deployer {
	char instance[CONF_INSTANCE_MAX];
	struct conf_pool pool;
	uint8_t key[CONF_KEY_LEN];
	uint32_t drain_ms;
};

enum listener_kind {
	LISTENER_VISITORS,  /* cid-proxy edge */
	LISTENER_OPERATORS, /* cid-proxy admin */
	LISTENER_CTL,	    /* cid-api, for cidctl */
	LISTENER_FRONT,	    /* cid-api, for the admin worker */
	LISTENER_MAX
};

struct msg_listener {
	uint32_t kind;	 /* enum listener_kind */
	uint32_t number; /* names it in LISTENER_DROP */
};

/* Job numbers of cid-git and worker numbers of cid-proxy are instances. */
struct msg_peer_new {
	uint32_t proc; /* enum proc */
	uint32_t instance;
	uint64_t generation;
};

struct msg_peer_bad {
	uint32_t proc;
	uint32_t instance;
	uint64_t generation;
	uint32_t error; /* enum msg_error */
	uint32_t type;	/* of the frame that failed */
};

struct msg_ping {
	uint64_t number;
};

struct msg_try {
	uint32_t act;  /* enum try_act */
	int32_t error; /* errno, 0 when the act was possible after all */
	uint32_t addr; /* IPv4, host byte order */
	uint32_t port;
	char path[CONF_PATH_MAX];
};

#endif /* CID_MSG_CONF_H */
