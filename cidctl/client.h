#ifndef CID_CLIENT_H
#define CID_CLIENT_H

#include <stddef.h>

struct client;
struct json_object;
struct where;

/* What came back; free with client_free_answer(). */
struct client_answer {
	long status;
	struct json_object *data;
	char code[64]; /* of an error, "PROJECT_NOT_FOUND" */
	char message[1024];
	struct json_object *body; /* data is in it */
};

/* Called with pieces of a body that streams; -1 ends the request. */
typedef int (*client_bytes)(const char *, size_t, void *);

struct client *client_new(const struct where *);
void client_free(struct client *);
int client_ask(struct client *, const char *method, const char *path,
    struct json_object *body, struct client_answer *);
int client_call(struct client *, const char *method, const char *path,
    struct json_object *body, struct client_answer *);
int client_stream(struct client *, const char *path, const char *last_id,
    client_bytes, void *, struct client_answer *);
int client_refused(const struct client_answer *);
void client_explain(const struct client *);
void
client_explain_refusal(const struct client *, const struct client_answer *);
void client_free_answer(struct client_answer *);
char *client_path(struct client *, const char *fmt, const char *name);

#endif /* CID_CLIENT_H */
