/*
 * Follows a build's log to its end, however often the connection breaks: the
 * number of the last line tells the server where to go on.
 */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "client.h"
#include "clock.h"
#include "ctl.h"
#include "field.h"
#include "follow.h"
#include "print.h"
#include "progress.h"
#include "sse.h"

#define PATIENCE_MS 60000 /* without any connection */
#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 2000

struct follow {
	struct ctl *ctl;
	enum follow_show show;
	struct sse sse;
	uint64_t heard_ms; /* when the last bytes came */
	int is_complete;
};

/*
 * A container can print anything, so on a terminal a mark in the first
 * column, which no line of its reaches, says which words are cid's.
 */
static void
print_line(struct json_object *o)
{
	struct json_object *line = field_get(o, "line");
	const char *stream = field_text(o, "stream");

	if (print_is_terminal(stdout)) {
		if (strcmp(stream, "cid") == 0)
			print_colour(stdout, PRINT_BUSY, "> ");
		else
			fputs("  ", stdout);
	}
	print_log(stdout, line == NULL ? "" : json_object_get_string(line),
	    line == NULL ? 0 : (size_t)json_object_get_string_len(line));
}

static void
on_event(const struct sse_event *e, void *arg)
{
	struct follow *f = arg;
	struct json_object *o;

	if ((o = json_tokener_parse(e->data)) == NULL)
		return;
	progress_erase();
	if (strcmp(e->type, "complete") == 0)
		f->is_complete = 1;
	if (f->show == FOLLOW_NOTHING)
		progress_draw();
	else if (f->ctl->is_json)
		print_json(o);
	else if (!f->is_complete &&
	    json_object_is_type(field_get(o, "line"), json_type_string))
		print_line(o);
	json_object_put(o);
	if (fflush(stdout) == EOF)
		exit(CTL_FAILED);
}

static int
on_bytes(const char *p, size_t len, void *arg)
{
	struct follow *f = arg;

	f->heard_ms = clock_ms();
	if (sse_feed(&f->sse, p, len) == -1)
		return -1;
	return f->is_complete ? -1 : 0;
}

/* Wait a little before the next try; longer each time. */
static void
pause_ms(int *ms)
{
	if (*ms > 0) {
		progress_draw();
		poll(NULL, 0, *ms);
	}
	*ms = *ms == 0 ? PAUSE_MIN_MS : *ms * 2;
	if (*ms > PAUSE_MAX_MS)
		*ms = PAUSE_MAX_MS;
}

/* Returns CTL_DONE to try again, or how cidctl is to end. */
static int
judge(struct follow *f, const struct client_answer *a)
{
	if (client_refused(a) && a->status != 503 && a->status != 502 &&
	    a->status != 429) {
		client_explain_refusal(f->ctl->client, a);
		return CTL_FAILED;
	}
	if (clock_ms() - f->heard_ms < PATIENCE_MS)
		return CTL_DONE;
	if (client_refused(a))
		client_explain_refusal(f->ctl->client, a);
	else
		client_explain(f->ctl->client);
	return CTL_NO_CONNECTION;
}

/* The first connection is not tried again: the address may be wrong. */
static int
follow(struct follow *f, const char *path)
{
	struct client_answer a;
	uint64_t heard;
	int is_first = 1, ms = 0, ret = CTL_DONE;

	while (ret == CTL_DONE && !f->is_complete) {
		pause_ms(&ms);
		heard = f->heard_ms;
		client_stream(f->ctl->client, path, f->sse.id, on_bytes, f, &a);
		sse_clear(&f->sse);
		if (f->heard_ms != heard)
			ms = 0;
		if (is_first && a.status == 0) {
			client_explain(f->ctl->client);
			ret = CTL_NO_CONNECTION;
		} else if (!f->is_complete) {
			ret = judge(f, &a);
		}
		is_first = 0;
		client_free_answer(&a);
	}
	return ret;
}

/*
 * Print a build's log as it grows, or not, until the build has ended.  Returns
 * CTL_DONE, or how cidctl is to end after saying why.
 */
int
follow_log(struct ctl *ctl, int64_t build_id, enum follow_show show)
{
	struct follow f;
	char path[96];
	int ret;

	memset(&f, 0, sizeof(f));
	f.ctl = ctl;
	f.show = show;
	f.heard_ms = clock_ms();
	f.sse.event = on_event;
	f.sse.arg = &f;
	snprintf(path, sizeof(path), "/api/builds/%" PRId64 "/logs?follow=1",
	    build_id);
	ret = follow(&f, path);
	sse_clear(&f.sse);
	progress_end();
	return ret;
}
