/*
 * Lists and hands out what a build left in /output: regular files only, read
 * as a tar from the engine, written to the API's descriptor as fast as that
 * takes it.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <event2/event.h>
#include <json-c/json.h>

#include "artifact.h"
#include "child.h"
#include "docker.h"
#include "log.h"
#include "msg_build.h"
#include "peer.h"
#include "shelf.h"
#include "tar.h"
#include "utf8.h"

#define READERS_MAX 8
#define FILES_MAX 10000 /* of a list */
#define OUT_MAX (4UL * DOCKER_READ_MAX)

struct artifact {
	LIST_ENTRY(artifact) entry;
	struct msg_build build;
	char path[TAR_PATH_MAX]; /* "" : list */
	char where[TAR_PATH_MAX + 16];
	struct shelf *shelf;
	char id[ANSWER_ID_MAX];
	struct docker_req *req;
	struct event *writable;
	struct tar tar;
	char *out; /* what the descriptor did not take yet */
	size_t out_len;
	unsigned int entries;
	int is_file;
	int is_read; /* the engine said all of it */
	int has_written;
	enum reason reason;
};

static LIST_HEAD(, artifact)
artifacts = LIST_HEAD_INITIALIZER(artifacts);
static unsigned int readers;
static struct event_base *loop;

void
artifact_init(struct event_base *base)
{
	loop = base;
}

/* Say whether a shelf of this build is in use. */
int
artifact_is_read(uint64_t project_id, uint32_t number)
{
	struct artifact *a;

	LIST_FOREACH(a, &artifacts, entry) {
		if (a->build.project_id == project_id &&
		    a->build.number == number)
			return 1;
	}
	return 0;
}

static void
tell(const struct msg_build *b, enum reason reason)
{
	struct msg_build_end m;
	const char *text = reason_sentence(reason);

	memset(&m, 0, sizeof(m));
	m.build = *b;
	m.result = reason == REASON_NONE ? BUILD_SUCCEEDED : BUILD_FAILED;
	m.reason = reason;
	peer_send_tail(child_peer(PROC_API, 0), MSG_ARTIFACT_DONE, &m,
	    sizeof(m), text, strlen(text));
}

/* In place of an answer; it fits into any pipe that nothing is in. */
static void
write_error(int fd, enum reason reason)
{
	char line[512];
	int n;

	n = snprintf(line, sizeof(line),
	    "{\"error\":\"%s\",\"message\":\"%s\"}\n", reason_code(reason),
	    reason_sentence(reason));
	if (write(fd, line, (size_t)n) != n)
		log_debug("nobody reads why an artifact is missing");
}

static void
finish(struct artifact *a, enum reason reason)
{
	int fd = event_get_fd(a->writable);

	if (reason != REASON_NONE && !a->has_written)
		write_error(fd, reason);
	LIST_REMOVE(a, entry);
	readers--;
	shelf_cancel(a->shelf);
	docker_cancel(a->req);
	event_free(a->writable);
	close(fd);
	if (a->id[0] != '\0')
		shelf_remove(a->id);
	tell(&a->build, reason);
	tar_free(&a->tar);
	free(a->out);
	free(a);
}

/* From a callback of a's own request: the rest happens in the loop. */
static void
give_up(struct artifact *a, enum reason reason)
{
	if (a->reason != REASON_NONE)
		return;
	a->reason = reason;
	docker_pause(a->req, 1);
	event_active(a->writable, EV_WRITE, 0);
}

/* Write what is there; the engine waits meanwhile. */
static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct artifact *a = arg;
	ssize_t n;

	(void)what;
	if (a->reason != REASON_NONE) {
		finish(a, a->reason);
		return;
	}
	n = write(fd, a->out, a->out_len);
	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		finish(a, REASON_INTERNAL); /* nobody reads any more */
		return;
	}
	if (n > 0) {
		a->has_written = 1;
		a->out_len -= (size_t)n;
		memmove(a->out, a->out + n, a->out_len);
	}
	if (a->out_len > 0) {
		event_add(a->writable, NULL);
		return;
	}
	if (a->is_read)
		finish(a, REASON_NONE);
	else
		docker_pause(a->req, 0);
}

static void
put(struct artifact *a, const char *data, size_t len)
{
	if (a->out == NULL && (a->out = malloc(OUT_MAX)) == NULL)
		fatal("artifact");
	if (len > OUT_MAX - a->out_len) {
		give_up(a, REASON_INTERNAL);
		return;
	}
	memcpy(a->out + a->out_len, data, len);
	a->out_len += len;
	docker_pause(a->req, 1);
	event_add(a->writable, NULL);
}

static void
put_line(struct artifact *a, struct json_object *o)
{
	const char *text;
	size_t len;

	text = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	put(a, text, len);
	put(a, "\n", 1);
	json_object_put(o);
}

static void
put_file(struct artifact *a, const char *path, const struct tar_entry *e)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "size", json_object_new_int64(e->size));
	json_object_object_add(o, "time_s", json_object_new_int64(e->time_s));
	put_line(a, o);
}

/* Say whether a path can be written down, and so be asked for. */
static int
is_sayable(const char *path, size_t len)
{
	uint32_t code = 0;
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = utf8_next(path + i, len - i, &code);
		if (n == 0 || code == 0)
			return 0;
	}
	return len <= ARTIFACT_PATH_MAX;
}

/* Names begin with output/. */
static void
list_entry(struct artifact *a, const struct tar_entry *e)
{
	const char *slash = strchr(e->path, '/');

	if (e->type == TAR_FILE && slash != NULL &&
	    is_sayable(slash + 1, strlen(slash + 1)) &&
	    a->entries++ < FILES_MAX)
		put_file(a, slash + 1, e);
}

static int
on_entry(void *arg, const struct tar_entry *e)
{
	struct artifact *a = arg;

	if (a->path[0] == '\0') {
		list_entry(a, e);
		return 0;
	}
	if (e->type == TAR_FILE && a->entries++ == 0) {
		a->is_file = 1;
		put_file(a, a->path, e);
		return 1;
	}
	give_up(a, REASON_ARTIFACT_NOT_FOUND); /* a directory, a link */
	return 0;
}

static void
on_content(void *arg, const char *data, size_t len)
{
	put(arg, data, len);
}

static void
on_data(void *arg, const char *data, size_t len)
{
	struct artifact *a = arg;
	struct tar_to to = { on_entry, on_content, a };

	if (a->reason == REASON_NONE && tar_walk(&a->tar, &to, data, len) == -1)
		give_up(a, REASON_ENGINE_ERROR);
}

static void
on_done(void *arg, const struct docker_answer *da)
{
	struct artifact *a = arg;

	a->req = NULL;
	if (a->reason != REASON_NONE)
		return; /* on_writable() finishes */
	if (docker_is_lost(da))
		finish(a, REASON_ENGINE_DOWN);
	else if (da->error != DOCKER_OK && da->error != DOCKER_REFUSED)
		finish(a, REASON_ENGINE_ERROR);
	else if (da->status != 200 || (a->path[0] != '\0' && !a->is_file))
		finish(a, REASON_ARTIFACT_NOT_FOUND); /* nor a path of one */
	else if (a->out_len > 0)
		a->is_read = 1;
	else
		finish(a, REASON_NONE);
}

static const struct docker_ops ops = { .done = on_done, .data = on_data };

static void
on_shelf(void *arg, const char *id, enum reason reason, const char *text)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_ARCHIVE_GET);
	struct artifact *a = arg;

	(void)text;
	a->shelf = NULL;
	if (reason != REASON_NONE) {
		finish(a, reason);
		return;
	}
	strlcpy(a->id, id, sizeof(a->id));
	snprintf(a->where, sizeof(a->where), "/output%s%s",
	    a->path[0] != '\0' ? "/" : "", a->path);
	ask.a = a->id;
	ask.b = a->where;
	a->req = docker_start(&ask, &ops, a);
}

static void
refuse(const struct msg_build *b, int fd, enum reason reason)
{
	write_error(fd, reason);
	close(fd);
	tell(b, reason);
}

/*
 * ARTIFACT_READ: write the file at path, or a list of all, to fd, which is
 * ours from now on.  Answered by ARTIFACT_DONE.
 */
void
artifact_read(const struct msg_build *b, struct msg_tail path, int fd)
{
	struct artifact *a = NULL;

	if (!is_sayable(path.data, path.len)) {
		refuse(b, fd, REASON_ARTIFACT_NOT_FOUND);
		return;
	}
	if (readers >= READERS_MAX ||
	    evutil_make_socket_nonblocking(fd) == -1) {
		log_warnx("more than %d artifacts are read", READERS_MAX);
		refuse(b, fd, REASON_INTERNAL);
		return;
	}
	if ((a = calloc(1, sizeof(*a))) == NULL ||
	    (a->writable = event_new(loop, fd, EV_WRITE, on_writable, a)) ==
		NULL)
		fatal("artifact");
	a->build = *b;
	memcpy(a->path, path.data, path.len);
	LIST_INSERT_HEAD(&artifacts, a, entry);
	readers++;
	a->shelf = shelf_make(b->project_id, b->number, on_shelf, a);
}
