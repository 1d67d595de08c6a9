/*
 * What builds left in /output: cid-builder puts it into a pipe, the client
 * gets it from there.  The first line says what follows, see msg_build.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <json-c/json.h>

#include "child.h"
#include "db_build.h"
#include "log.h"
#include "msg.h"
#include "msg_build.h"
#include "peer.h"
#include "request_state.h"
#include "rest.h"
#include "rest_artifact.h"
#include "schema.h"
#include "stream.h"

#define LINE_MAX_LEN 8192
#define LIST_MAX 10000 /* files in a list; the rest is not told */
#define PATIENCE_S 60  /* for cid-builder to begin, or go on */

struct record {
	char path[ARTIFACT_PATH_MAX + 1];
	int64_t size;
	int64_t time_s;
	char error[64];
	char message[1024];
};

static const struct schema_field record_fields[] = {
	SCHEMA_FIELD(record, path, STRING, 0),
	SCHEMA_FIELD(record, size, INT, 0),
	SCHEMA_FIELD(record, time_s, INT, .min = INT64_MIN, .max = INT64_MAX),
	SCHEMA_FIELD(record, error, STRING, 0),
	SCHEMA_FIELD(record, message, STRING, 0),
};

static const struct schema record_schema = { "an artifact", record_fields,
	sizeof(record_fields) / sizeof(record_fields[0]),
	sizeof(struct record) };

/* One reading of a pipe. */
struct reading {
	struct request *request;  /* NULL once it is answered */
	struct stream *stream;	  /* of a file, once it is answered */
	struct json_object *list; /* NULL: a file */
	struct event *readable;
	struct evbuffer *in;
	int fd;
	int is_over;   /* the pipe has ended */
	uint64_t left; /* of the file */
};

static struct event_base *loop;

void
artifact_loop(struct event_base *base)
{
	loop = base;
}

static void
reading_free(struct reading *a)
{
	if (a->readable != NULL)
		event_free(a->readable);
	if (a->in != NULL)
		evbuffer_free(a->in);
	if (a->fd != -1)
		close(a->fd);
	json_object_put(a->list);
	free(a);
}

/* Refuse and be done. */
static void
give_up(struct reading *a, int status, const char *code, const char *message)
{
	request_refuse(a->request, status, code, message, NULL);
	reading_free(a);
}

static void
no_builder(struct reading *a)
{
	give_up(a, 503, "BUILDER_UNAVAILABLE",
	    "cid-builder is being restarted; try again.");
}

static int
read_record(const char *line, size_t len, struct record *rec)
{
	struct schema_error e;

	if (schema_parse(&record_schema, line, len, rec, NULL, &e) == 0)
		return 0;
	log_warnx("artifact: %s %s", e.field, e.reason);
	return -1;
}

/* The next line, 1, none yet 0, or -1 for what is none. */
static int
next_record(struct reading *a, struct record *rec)
{
	char *line;
	size_t len;
	int ret;

	if ((line = evbuffer_readln(a->in, &len, EVBUFFER_EOL_LF)) == NULL)
		return evbuffer_get_length(a->in) > LINE_MAX_LEN ? -1 : 0;
	ret = read_record(line, len, rec);
	free(line);
	return ret == -1 ? -1 : 1;
}

/* Returns 0 when nothing is there now. */
static int
read_some(struct reading *a, size_t max)
{
	int n;

	n = evbuffer_read(a->in, a->fd, (int)max);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1)
		log_warn("artifact");
	a->is_over |= n <= 0;
	return n > 0;
}

static void
await(struct reading *a)
{
	struct timeval patience = { PATIENCE_S, 0 };

	event_add(a->readable, &patience);
}

static void
file_gone(void *arg)
{
	reading_free(arg);
}

static enum stream_fill
file_fill(void *arg, struct evbuffer *out, size_t room)
{
	struct reading *a = arg;
	size_t n;

	if (a->left == 0)
		return STREAM_END;
	if (evbuffer_get_length(a->in) == 0 && !a->is_over)
		read_some(a, room);
	n = evbuffer_get_length(a->in);
	if (n > a->left)
		n = (size_t)a->left;
	if (n > 0) {
		evbuffer_remove_buffer(a->in, out, n);
		a->left -= n;
		return STREAM_MORE;
	}
	if (a->is_over)
		return STREAM_CUT;
	await(a);
	return STREAM_WAIT;
}

static const struct stream_ops file_ops = { file_fill, NULL, file_gone };

static void
send_file(struct reading *a, const struct record *rec)
{
	const char *name = strrchr(rec->path, '/');
	struct request *r = a->request;
	struct stream *s;
	char text[ARTIFACT_PATH_MAX + 64], *p;

	snprintf(text, sizeof(text), "attachment; filename=\"%s\"",
	    name == NULL ? rec->path : name + 1);
	for (p = text + sizeof("attachment; filename=\"") - 1;
	     *p != '\0' && p[1] != '\0'; p++) {
		if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
			*p = '_';
	}
	request_add_header(r, "Content-Disposition", text);
	request_add_header(r, "Content-Security-Policy", "sandbox");
	a->request = NULL;
	a->left = (uint64_t)rec->size;
	s = stream_answer(r, 200, "application/octet-stream", rec->size,
	    &file_ops, a);
	if (s != NULL)
		a->stream = s;
}

static void
refuse_record(struct reading *a, const struct record *rec)
{
	int status = strcmp(rec->error, "ARTIFACT_GONE") == 0 ||
		strcmp(rec->error, "ARTIFACT_NOT_FOUND") == 0
	    ? 404
	    : 503;

	give_up(a, status, rec->error, rec->message);
}

static void
take_file(struct reading *a)
{
	struct record rec;

	switch (next_record(a, &rec)) {
	case 1:
		if (rec.error[0] != '\0')
			refuse_record(a, &rec);
		else
			send_file(a, &rec);
		break;
	case 0:
		if (a->is_over)
			no_builder(a);
		else
			await(a);
		break;
	default:
		no_builder(a);
	}
}

static void
add_file(struct reading *a, const struct record *rec)
{
	struct json_object *o;

	if (json_object_array_length(a->list) >= LIST_MAX)
		return;
	o = json_object_new_object();
	rest_set_text(o, "path", rec->path);
	rest_set_int(o, "size", rec->size);
	rest_set(o, "modified_at", rest_time(rec->time_s * 1000));
	json_object_array_add(a->list, o);
}

static void
take_list(struct reading *a)
{
	struct record rec;
	int64_t n;
	int got;

	while ((got = next_record(a, &rec)) == 1) {
		if (rec.error[0] != '\0') {
			refuse_record(a, &rec);
			return;
		}
		add_file(a, &rec);
	}
	if (got == -1) {
		no_builder(a);
	} else if (!a->is_over) {
		await(a);
	} else {
		n = (int64_t)json_object_array_length(a->list);
		request_answer(a->request, 200,
		    rest_list("artifacts", a->list, n));
		a->list = NULL;
		reading_free(a);
	}
}

static void
on_readable(int fd, short what, void *arg)
{
	struct reading *a = arg;

	(void)fd;
	if (what & EV_TIMEOUT) {
		log_warnx("artifact: cid-builder does not go on");
		a->is_over = 1;
	}
	if (a->stream != NULL) {
		stream_wake(a->stream);
		return;
	}
	if (!a->is_over)
		read_some(a, STREAM_ROOM);
	if (a->list != NULL)
		take_list(a);
	else
		take_file(a);
}

static int
is_plain_path(const char *s)
{
	size_t len;

	if (strlen(s) > ARTIFACT_PATH_MAX)
		return 0;
	for (;; s += len + 1) {
		len = strcspn(s, "/");
		if (len == 0 || (len == 1 && s[0] == '.') ||
		    (len == 2 && s[0] == '.' && s[1] == '.'))
			return 0;
		if (s[len] == '\0')
			return 1;
	}
}

static int
ask_builder(const struct build *b, const char *path, int fd)
{
	struct msg_tail tail = { strlen(path), path };
	struct msg_build m;

	memset(&m, 0, sizeof(m));
	m.build_id = (uint64_t)b->id;
	m.project_id = (uint64_t)b->project_id;
	m.number = (uint32_t)b->ref;
	m.attempt = (uint32_t)b->attempt;
	return peer_send_fd(child_peer(PROC_BUILDER, 0), MSG_ARTIFACT_READ, &m,
	    sizeof(m), tail, fd);
}

static void
begin(struct request *r, const char *path, struct json_object *list)
{
	struct reading *a;
	int fds[2], sent;

	if ((a = calloc(1, sizeof(*a))) == NULL) {
		json_object_put(list);
		rest_broken(r);
		return;
	}
	a->request = r;
	a->list = list;
	a->fd = -1;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_warn("artifact: pipe");
		no_builder(a);
		return;
	}
	a->fd = fds[0];
	sent = ask_builder(rest_build(r), path, fds[1]);
	close(fds[1]);
	a->in = evbuffer_new();
	a->readable = event_new(loop, a->fd, EV_READ, on_readable, a);
	if (sent == -1 || a->in == NULL || a->readable == NULL)
		no_builder(a);
	else
		await(a);
}

void
artifact_list(struct request *r)
{
	begin(r, "", json_object_new_array());
}

void
artifact_get(struct request *r)
{
	const char *path = request_param(r, "path");

	if (!is_plain_path(path))
		rest_missing(r, "ARTIFACT");
	else
		begin(r, path, NULL);
}
