#ifndef CID_ANSWER_H
#define CID_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "label.h"
#include "msg_release.h"
#include "reason.h"

struct json_object;

#define ANSWER_ID_MAX 72 /* "sha256:" and 64 digits, with the NUL */
#define ANSWER_TEXT_MAX 512

/* A container as inspect shows it. */
struct answer_container {
	char id[ANSWER_ID_MAX];
	char image[ANSWER_ID_MAX];
	struct label label;
	enum container_state state;
	int exit_code;
	int oom;
	uint32_t restarts;
	uint32_t published; /* port of the host, 0: none */
	uint32_t health;    /* as in struct msg_container */
	uint32_t address;   /* 0: none now */
	int64_t pid;	    /* 0: not running */
	uint64_t started_ms;
	int restarts_itself; /* by the engine, after its end */
	char error[ANSWER_TEXT_MAX];
};

/* An image as inspect shows it. */
struct answer_image {
	char id[ANSWER_ID_MAX];
	uint32_t port; /* its only EXPOSE, 0: none or many */
	int has_healthcheck;
	int is_ours;  /* cid built it */
	int is_local; /* came from no registry */
};

struct answer_event {
	char id[ANSWER_ID_MAX];
	struct label label;
	int is_gone; /* the container was removed */
	int is_oom;  /* something in it was killed for memory */
};

int answer_id(const char *body, size_t, char id[ANSWER_ID_MAX]);
int answer_container(const char *body, size_t, const char *instance,
    struct answer_container *);
int answer_image(const char *body, size_t, struct answer_image *);
int answer_image_is_called(const char *body, size_t, const char *name);
int answer_digest(const char *body, size_t, char digest[ANSWER_ID_MAX]);
int
answer_event(struct json_object *, const char *instance, struct answer_event *);
void answer_message(const char *body, size_t, char *, size_t);
uint64_t answer_time(const char *);
enum reason answer_pull_reason(int status, const char *text);
enum reason answer_start_reason(const char *text);

#endif /* CID_ANSWER_H */
