#ifndef CID_REQUEST_H
#define CID_REQUEST_H

#include <stddef.h>
#include <stdint.h>

struct json_object;
struct request;

enum role {
	ROLE_NONE,
	ROLE_VIEWER,
	ROLE_MEMBER,
	ROLE_ADMIN,
	ROLE_OWNER,
	ROLES
};

/* Who asks, as auth.c found out. */
struct actor {
	enum role role;
	int64_t team_id;  /* 0: every team, over the local socket only */
	int64_t token_id; /* 0: none */
	char name[128];	  /* "uid 1000", "key deploy-bot", for the records */
	char address[64]; /* of the peer; "local" over the local socket */
	int is_local;
};

/*
 * A route whose body is read as it arrives.  begin may answer; then bytes
 * and end are not called any more.  gone is called last in every case, also
 * when the client left in the middle.
 */
struct request_stream {
	void (*begin)(struct request *);
	void (*bytes)(struct request *, const void *, size_t);
	void (*end)(struct request *);
	void (*gone)(struct request *);
};

/* NULL when it is not there; the strings live as long as the request. */
const char *request_path(const struct request *);
const char *request_header(const struct request *, const char *name);
const char *request_query(const struct request *, const char *name);
const char *request_param(const struct request *, const char *name);
const struct actor *request_actor(const struct request *);
const char *request_id(const struct request *); /* X-Request-Id */
int64_t request_length(const struct request *); /* Content-Length */
int request_each_header(const struct request *,
    int (*)(const char *name, const char *value, void *), void *);

void *request_data(const struct request *);
void request_set_data(struct request *, void *);

/*
 * In a stream: read no further (1) until told to (0).  What was read already
 * still arrives.
 */
void request_hold(struct request *, int);
/* What was answered goes out without waiting for the rest of the body. */
void request_cut(struct request *);

/*
 * Answer, once: later calls do nothing.  The answer leaves when what this
 * turn of the loop changed is on disk, or becomes 503 when that failed.
 * data and details are consumed; details may be NULL.  429 and 503 carry
 * Retry-After.
 */
void request_answer(struct request *, int status, struct json_object *data);
/* The member named secret is told now and never kept or told again. */
void request_answer_once(struct request *, int status, struct json_object *data,
    const char *secret);
void request_refuse(struct request *, int status, const char *code,
    const char *message, struct json_object *details);
/* The same from the text of an earlier answer. */
void request_replay(struct request *, int status, const char *json);
int request_is_answered(const struct request *);

#endif /* CID_REQUEST_H */
