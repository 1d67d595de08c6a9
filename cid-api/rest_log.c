/*
 * Logs of builds: as text, whole or a range of it, and live as server-sent
 * events.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <event2/buffer.h>
#include <json-c/json.h>

#include "answer.h"
#include "db_build.h"
#include "log.h"
#include "logend.h"
#include "logjson.h"
#include "logread.h"
#include "range.h"
#include "reason.h"
#include "request_state.h"
#include "rest.h"
#include "rest_log.h"
#include "stream.h"

static const char text_type[] = "text/plain; charset=utf-8";

/* A part of a log file on its way. */
struct part {
	struct logread in;
	uint64_t at;
	uint64_t end;
};

static void
part_gone(void *arg)
{
	struct part *p = arg;

	logread_close(&p->in);
	free(p);
}

static enum stream_fill
part_fill(void *arg, struct evbuffer *out, size_t room)
{
	struct evbuffer_iovec v;
	struct part *p = arg;
	ssize_t n;

	if (p->at == p->end)
		return STREAM_END;
	if (room > p->end - p->at)
		room = (size_t)(p->end - p->at);
	if (evbuffer_reserve_space(out, (ssize_t)room, &v, 1) != 1)
		return STREAM_CUT;
	if ((n = pread(p->in.log, v.iov_base, room, (off_t)p->at)) <= 0) {
		log_warnx("log: shorter than its index");
		return STREAM_CUT;
	}
	v.iov_len = (size_t)n;
	evbuffer_commit_space(out, &v, 1);
	p->at += (uint64_t)n;
	return STREAM_MORE;
}

static const struct stream_ops part_ops = { part_fill, NULL, part_gone };

/* What a browser gets from a build it must not run (S22). */
static void
add_safety(struct request *r)
{
	request_add_header(r, "Content-Security-Policy", "sandbox");
	request_add_header(r, "Accept-Ranges", "bytes");
}

static int
choose_part(struct request *r, struct part *p)
{
	char text[96];
	uint64_t from, to, size = logread_bytes(&p->in);

	p->end = size;
	switch (range_read(request_header(r, "Range"), size, &from, &to)) {
	case RANGE_ALL:
		return 200;
	case RANGE_PART:
		p->at = from;
		p->end = to + 1;
		snprintf(text, sizeof(text), "bytes %llu-%llu/%llu",
		    (unsigned long long)from, (unsigned long long)to,
		    (unsigned long long)size);
		request_add_header(r, "Content-Range", text);
		return 206;
	case RANGE_NONE:
		snprintf(text, sizeof(text), "bytes */%llu",
		    (unsigned long long)size);
		request_add_header(r, "Content-Range", text);
		return 416;
	}
	return 200;
}

static void
send_text(struct request *r)
{
	const struct build *b = rest_build(r);
	struct part *p;
	int status;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		rest_broken(r);
		return;
	}
	logread_init(&p->in);
	add_safety(r);
	logread_open(&p->in, b->project_id, b->ref);
	if ((status = choose_part(r, p)) == 416) {
		part_gone(p);
		request_refuse(r, 416, "RANGE_NOT_SATISFIABLE",
		    "The log has not so many bytes.", NULL);
		return;
	}
	stream_answer(r, status, text_type, (int64_t)(p->end - p->at),
	    &part_ops, p);
}

/* Who reads a log while it grows. */
struct follow {
	struct logend_follower follower;
	struct logread in;
	struct logjson ids;
	struct stream *stream;
	struct evbuffer *out; /* during fill only */
	int64_t ref;
	uint64_t from_line; /* lines before it are not wanted */
	int is_sought;
};

static void
follow_wake(struct logend_follower *follower)
{
	struct follow *f = (struct follow *)(void *)follower;

	stream_wake(f->stream);
}

static void
follow_gone(void *arg)
{
	struct follow *f = arg;

	logend_unfollow(&f->follower);
	logread_close(&f->in);
	free(f);
}

static void
put_line(const struct line_index *rec, uint64_t line, const char *text,
    size_t len, void *arg)
{
	static char json[LOGJSON_MAX];
	struct follow *f = arg;
	size_t n;

	n = logjson_line(&f->ids, rec, line + 1, text, len, json);
	evbuffer_add_printf(f->out,
	    "id: %llu\ndata: ", (unsigned long long)line + 1);
	evbuffer_add(f->out, json, n);
	evbuffer_add(f->out, "\n\n", 2);
}

/* All lines are told; is that all there will be? */
static enum stream_fill
follow_end(struct follow *f)
{
	struct json_object *o;
	struct build b;
	int found;

	if (logend_is_awaited(f->ids.build_id))
		return STREAM_WAIT;
	if ((found = db_build_get(f->ids.build_id, &b)) == -1)
		return STREAM_CUT;
	if (found == 1 && b.state < BUILD_STATE_SUCCESS) {
		db_build_free(&b);
		return STREAM_WAIT;
	}
	o = json_object_new_object();
	rest_set_text(o, "type", "complete");
	rest_set_int(o, "build_id", f->ids.build_id);
	rest_set_int(o, "lines", (int64_t)f->in.line);
	rest_set_text(o, "status",
	    found == 1 ? build_state_names[b.state] : "Deleted");
	rest_set_text(o, "reason",
	    found == 1 ? reason_code((uint32_t)b.reason) : "PROJECT_DELETED");
	evbuffer_add_printf(f->out, "event: complete\ndata: %s\n\n",
	    json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	if (found == 1)
		db_build_free(&b);
	return STREAM_END;
}

static enum stream_fill
follow_fill(void *arg, struct evbuffer *out, size_t room)
{
	struct follow *f = arg;
	enum stream_fill ret;
	int n;

	f->out = out;
	if (logread_open(&f->in, f->ids.project_id, f->ref) == -1)
		return follow_end(f);
	if (!f->is_sought && logread_lines(&f->in) >= f->from_line) {
		if (logread_seek(&f->in, f->from_line) == -1)
			return STREAM_CUT;
		f->is_sought = 1;
	}
	if (!f->is_sought)
		return follow_end(f);
	/* As JSON a line is longer; what was read is sent, so ask for less. */
	if ((n = logread_next(&f->in, room / 4, put_line, f)) == -1)
		ret = STREAM_CUT;
	else
		ret = n > 0 ? STREAM_MORE : follow_end(f);
	return ret;
}

static void
follow_beat(void *arg, struct evbuffer *out)
{
	(void)arg;
	evbuffer_add(out, ":\n\n", 3);
}

static const struct stream_ops follow_ops = { follow_fill, follow_beat,
	follow_gone };

/* How many lines the client has: Last-Event-ID, or before from_line. */
static int
lines_known(struct request *r, uint64_t *lines)
{
	const char *err, *s;
	int64_t n;

	*lines = 0;
	if ((s = request_header(r, "Last-Event-ID")) != NULL) {
		n = strtonum(s, 0, INT64_MAX, &err);
		if (err == NULL)
			*lines = (uint64_t)n;
		return 0;
	}
	if ((s = request_query(r, "from_line")) == NULL)
		return 0;
	n = strtonum(s, 1, INT64_MAX, &err);
	if (err != NULL) {
		rest_invalid(r, "from_line", "is not the number of a line");
		return -1;
	}
	*lines = (uint64_t)n - 1;
	return 0;
}

static void
send_events(struct request *r)
{
	const struct build *b = rest_build(r);
	struct stream *stream;
	struct follow *f;
	uint64_t lines;

	if (lines_known(r, &lines) == -1)
		return;
	if ((f = calloc(1, sizeof(*f))) == NULL) {
		rest_broken(r);
		return;
	}
	logread_init(&f->in);
	f->ids.build_id = b->id;
	f->ids.project_id = b->project_id;
	f->ref = b->ref;
	f->from_line = lines;
	f->follower.build_id = b->id;
	f->follower.wake = follow_wake;
	logend_follow(&f->follower);
	request_add_header(r, "X-Accel-Buffering", "no");
	stream = stream_answer(r, 200, "text/event-stream", -1, &follow_ops, f);
	if (stream != NULL)
		f->stream = stream;
}

static int
wants_events(const struct request *r)
{
	const char *accept = request_header(r, "Accept");
	const char *follow = request_query(r, "follow");

	if (follow != NULL)
		return strcmp(follow, "0") != 0 && strcmp(follow, "false") != 0;
	return accept != NULL && strstr(accept, "text/event-stream") != NULL;
}

void
log_get(struct request *r)
{
	if (wants_events(r))
		send_events(r);
	else
		send_text(r);
}

void
log_download(struct request *r)
{
	const struct build *b = rest_build(r);
	char text[128];

	snprintf(text, sizeof(text), "attachment; filename=\"%s-%lld.log\"",
	    rest_project(r)->name,
	    (long long)(b->number != 0 ? b->number : b->id));
	request_add_header(r, "Content-Disposition", text);
	send_text(r);
}
