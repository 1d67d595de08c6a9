/*
 * The logs of builds: lines are gathered for a turn of the loop, masked,
 * held to the limit, then written and announced.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>

#include "clock.h"
#include "log.h"
#include "logfile.h"
#include "logpair.h"
#include "mask.h"

#define TEXT_MAX 32768 /* bytes that wait for the end of a turn */
#define LINES_MAX 512

struct logfile {
	LIST_ENTRY(logfile) entry;
	struct msg_build build;
	struct logpair pair;
	struct mask *mask;
	struct line_index last; /* of what waits, else of what is written */
	uint64_t lines;
	uint64_t limit;
	uint64_t dropped; /* raw bytes beyond the limit */
	int is_dirty;
	int error; /* errno of the last failure, 0: none */
	unsigned int users;
};

/* Lines that wait; they are all of one log. */
struct pending {
	struct logfile *of;
	char text[TEXT_MAX];
	size_t text_len;
	struct line_index index[LINES_MAX];
	size_t lines;
};

static LIST_HEAD(, logfile)
logs = LIST_HEAD_INITIALIZER(logs);
static struct pending pending;
static struct event *turn_ends;
static void (*grew)(const struct msg_log_grew *);

static void on_turn_ends(evutil_socket_t, short, void *);

/* Logs lie below path, which exists; lines_grew hears of each change. */
void
logfile_init(struct event_base *base, const char *path,
    void (*lines_grew)(const struct msg_log_grew *))
{
	logpair_init(path);
	grew = lines_grew;
	turn_ends = event_new(base, -1, 0, on_turn_ends, NULL);
	if (turn_ends == NULL)
		fatal("logs");
}

static void
destroy(struct logfile *l)
{
	logpair_close(&l->pair);
	mask_free(l->mask);
	free(l);
}

static struct logfile *
create(const struct msg_build *b)
{
	struct logfile *l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return NULL;
	if (logpair_open(&l->pair, b, 1) == -1) {
		log_warn("log %" PRIu64 "/%" PRIu32, b->project_id, b->number);
		destroy(l);
		return NULL;
	}
	l->last = l->pair.last;
	l->lines = l->pair.lines;
	return l;
}

static struct logfile *
find(const struct msg_build *b)
{
	struct logfile *l;

	LIST_FOREACH(l, &logs, entry) {
		if (l->build.project_id == b->project_id &&
		    l->build.number == b->number)
			return l;
	}
	return NULL;
}

/*
 * Open a build's log for appending; limit bounds what containers may write
 * there: so many bytes, and a line for each LINE_SHARE of them.  Returns NULL
 * after logging why.  Every other function takes that NULL and does nothing.
 */
struct logfile *
logfile_open(const struct msg_build *b, uint64_t limit)
{
	struct logfile *l;

	if ((l = find(b)) == NULL) {
		if ((l = create(b)) == NULL)
			return NULL;
		LIST_INSERT_HEAD(&logs, l, entry);
		l->limit = limit;
		l->build = *b;
	}
	if (b->attempt > l->build.attempt)
		l->build = *b;
	l->users++;
	return l;
}

/* It stays open until what waits is written. */
void
logfile_close(struct logfile *l)
{
	if (l == NULL)
		return;
	l->users--;
	event_active(turn_ends, 0, 0);
}

void
logfile_limit(struct logfile *l, uint64_t bytes)
{
	if (l != NULL)
		l->limit = bytes;
}

/* Hide these secrets from now on; the mask belongs to the log. */
void
logfile_mask(struct logfile *l, struct mask *m)
{
	if (l == NULL) {
		mask_free(m);
		return;
	}
	mask_free(l->mask);
	l->mask = m;
}

const struct mask *
logfile_hides(const struct logfile *l)
{
	return l == NULL ? NULL : l->mask;
}

/* Write what waits.  Returns 0, or -1 after logging; it is lost then. */
int
logfile_flush(void)
{
	struct logfile *l = pending.of;
	int ret = 0;

	if (l == NULL || pending.lines == 0)
		return 0;
	if (logpair_write(&l->pair, pending.text, pending.text_len,
		pending.index, pending.lines) == -1) {
		l->error = errno;
		log_warn("log %" PRIu64 "/%" PRIu32, l->build.project_id,
		    l->build.number);
		l->last = l->pair.last;
		l->lines = l->pair.lines;
		ret = -1;
	}
	pending.text_len = pending.lines = 0;
	return ret;
}

static void
tell(const struct msg_build *b, uint64_t lines, uint64_t bytes, int ended)
{
	struct msg_log_grew m;

	memset(&m, 0, sizeof(m));
	m.build = *b;
	m.lines = lines;
	m.bytes = bytes;
	m.ended = (uint32_t)ended;
	grew(&m);
}

static void
tell_growth(struct logfile *l)
{
	l->is_dirty = 0;
	tell(&l->build, l->lines, l->last.end, 0);
}

/* Write and announce what waits now, before something else is said. */
void
logfile_settle(struct logfile *l)
{
	logfile_flush();
	if (l != NULL && l->is_dirty)
		tell_growth(l);
}

/* Say that nothing more is to come, with all that came written. */
void
logfile_end(const struct msg_build *b)
{
	struct logfile *l = find(b);
	struct logpair pair;

	logfile_settle(l);
	if (l != NULL) {
		tell(b, l->lines, l->last.end, 1);
		return;
	}
	logpair_open(&pair, b, 0);
	tell(b, pair.lines, pair.last.end, 1);
	logpair_close(&pair);
}

static void
on_turn_ends(evutil_socket_t fd, short what, void *arg)
{
	struct logfile *l, *next;

	(void)fd;
	(void)what;
	(void)arg;
	logfile_flush();
	pending.of = NULL;
	LIST_FOREACH_SAFE(l, &logs, entry, next)
	{
		if (l->is_dirty)
			tell_growth(l);
		if (l->users > 0)
			continue;
		LIST_REMOVE(l, entry);
		destroy(l);
	}
}

/* Make room for a line of len bytes and return where it goes. */
static char *
reserve(struct logfile *l, size_t len)
{
	if (pending.of != l || pending.lines == LINES_MAX ||
	    TEXT_MAX - pending.text_len < len + 1) {
		logfile_flush();
		pending.of = l;
	}
	return pending.text + pending.text_len;
}

/* Add a line; a consumed count of 0 leaves what was. */
static void
append(struct logfile *l, enum line_stream stream, const char *line, size_t len)
{
	struct line_index *li;
	uint64_t now = clock_wall_ms();
	char *to;

	if (len > LINE_MAX_BYTES)
		len = LINE_MAX_BYTES;
	to = reserve(l, len);
	memcpy(to, line, len);
	len = mask_line(l->mask, to, len);
	to[len++] = '\n';
	pending.text_len += len;
	l->last.end += len;
	l->last.time_s = (uint32_t)(now / 1000);
	l->last.time_ms = (uint16_t)(now % 1000);
	l->last.stream = (uint8_t)stream;
	li = &pending.index[pending.lines++];
	*li = l->last;
	l->lines++;
	if (!l->is_dirty)
		event_active(turn_ends, 0, 0);
	l->is_dirty = 1;
}

/* Say that the container's lines end here.  Returns whether they do. */
static int
reach_limit(struct logfile *l, size_t len)
{
	char line[128];
	int n;

	if (l->pair.is_full)
		return 1;
	if (l->last.end + len + 1 <= l->limit &&
	    l->lines < l->limit / LINE_SHARE)
		return 0;
	l->pair.is_full = 1;
	n = snprintf(line, sizeof(line),
	    "The log has reached its limit of %" PRIu64
	    " bytes; what follows is not kept.",
	    l->limit);
	append(l, LINE_LIMIT, line, (size_t)n);
	return 1;
}

/*
 * Add a line of a container, LINE_STDOUT or LINE_STDERR; consumed counts the
 * raw bytes of that output up to the line's end.
 */
void
logfile_line(struct logfile *l, enum line_stream stream, const char *line,
    size_t len, uint64_t consumed)
{
	if (l == NULL)
		return;
	if (reach_limit(l, len)) {
		l->dropped += len + 1;
		return;
	}
	l->last.consumed[stream == LINE_STDERR] = consumed;
	append(l, stream, line, len);
}

/* Add a line of cid's own; control characters in it become '?'. */
void
logfile_say_text(struct logfile *l, const char *text, size_t len)
{
	static char line[LINE_MAX_BYTES];
	size_t i;

	if (l == NULL)
		return;
	if (len > sizeof(line))
		len = sizeof(line);
	for (i = 0; i < len; i++) {
		line[i] = text[i];
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') ||
		    line[i] == 0x7f)
			line[i] = '?';
	}
	append(l, LINE_CID, line, len);
}

void
logfile_say(struct logfile *l, const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	logfile_say_text(l, line, strlen(line));
}

/* Raw bytes of stdout and stderr that are in the log already. */
void
logfile_consumed(const struct logfile *l, uint64_t consumed[2])
{
	consumed[0] = l == NULL ? 0 : l->last.consumed[0];
	consumed[1] = l == NULL ? 0 : l->last.consumed[1];
}

/* A new container begins: nothing of it is consumed. */
void
logfile_restart(struct logfile *l)
{
	if (l != NULL)
		l->last.consumed[0] = l->last.consumed[1] = 0;
}

/* errno of the last failed write, 0: all was written. */
int
logfile_error(const struct logfile *l)
{
	return l == NULL ? 0 : l->error;
}

/* Bytes of the container's lines that the limit kept out. */
uint64_t
logfile_dropped(const struct logfile *l)
{
	return l == NULL ? 0 : l->dropped;
}
