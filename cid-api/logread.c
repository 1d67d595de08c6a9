/*
 * Reads the log files that cid-builder writes.  Each reader has a position
 * and nothing else, so that a slow one costs no memory and loses nothing.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "logread.h"
#include "msg_conf.h"

#define RECORDS 256
#define TEXT_MAX 65536 /* at once; four times the longest line */

void
logread_init(struct logread *r)
{
	memset(r, 0, sizeof(*r));
	r->log = r->index = -1;
}

static int
open_one(int64_t project_id, int64_t ref, const char *suffix)
{
	char path[CONF_PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%lld/%lld.%s", conf_get()->logs,
	    (long long)project_id, (long long)ref, suffix);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1 && errno != ENOENT)
		log_warn("%s", path);
	return fd;
}

int
logread_open(struct logread *r, int64_t project_id, int64_t ref)
{
	if (r->index != -1)
		return 0;
	if ((r->log = open_one(project_id, ref, "log")) == -1)
		return -1;
	if ((r->index = open_one(project_id, ref, "idx")) == -1) {
		logread_close(r);
		return -1;
	}
	return 0;
}

void
logread_close(struct logread *r)
{
	if (r->log != -1)
		close(r->log);
	if (r->index != -1)
		close(r->index);
	r->log = r->index = -1;
}

uint64_t
logread_lines(const struct logread *r)
{
	struct stat st;

	if (r->index == -1 || fstat(r->index, &st) == -1)
		return 0;
	return (uint64_t)st.st_size / sizeof(struct line_index);
}

static int
read_records(const struct logread *r, uint64_t from, struct line_index *out,
    size_t max)
{
	ssize_t n;

	n = pread(r->index, out, max * sizeof(*out),
	    (off_t)(from * sizeof(*out)));
	if (n == -1)
		log_warn("log index");
	return n == -1 ? -1 : (int)((size_t)n / sizeof(*out));
}

uint64_t
logread_bytes(const struct logread *r)
{
	struct line_index last;
	uint64_t lines = logread_lines(r);

	if (lines == 0 || read_records(r, lines - 1, &last, 1) != 1)
		return 0;
	return last.end;
}

/* Go to a line, or to the end when there are not so many. */
int
logread_seek(struct logread *r, uint64_t line)
{
	struct line_index before;
	uint64_t lines = logread_lines(r);

	if (line > lines)
		line = lines;
	r->line = line;
	r->offset = 0;
	if (line == 0)
		return 0;
	if (read_records(r, line - 1, &before, 1) != 1)
		return -1;
	r->offset = before.end;
	return 0;
}

/* How many of the records' lines fit, at least one. */
static int
count_fitting(const struct logread *r, const struct line_index *rec, int n,
    size_t room)
{
	uint64_t at = r->offset;
	int i;

	for (i = 0; i < n; i++) {
		if (rec[i].end <= at || rec[i].end - r->offset > TEXT_MAX)
			break;
		if (i > 0 && rec[i].end - r->offset > room)
			break;
		at = rec[i].end;
	}
	return i;
}

int
logread_next(struct logread *r, size_t room,
    void (
	*f)(const struct line_index *, uint64_t, const char *, size_t, void *),
    void *arg)
{
	static struct line_index rec[RECORDS];
	static char text[TEXT_MAX];
	uint64_t at;
	size_t len;
	int i, n;

	if ((n = read_records(r, r->line, rec, RECORDS)) <= 0)
		return n;
	if ((n = count_fitting(r, rec, n, room)) == 0) {
		log_warnx("log index: line %llu makes no sense",
		    (unsigned long long)r->line);
		return -1;
	}
	len = (size_t)(rec[n - 1].end - r->offset);
	if (pread(r->log, text, len, (off_t)r->offset) != (ssize_t)len) {
		log_warnx("log: shorter than its index");
		return -1;
	}
	for (i = 0, at = r->offset; i < n; at = rec[i].end, i++)
		f(&rec[i], r->line + (uint64_t)i, text + (at - r->offset),
		    (size_t)(rec[i].end - at - 1), arg);
	r->line += (uint64_t)n;
	r->offset = rec[n - 1].end;
	return n;
}
