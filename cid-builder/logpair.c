/*
 * The two files of a build's log as they lie on disk: opened, cut to the
 * last line that both of them know, written in the order that keeps it so.
 */

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "log.h"
#include "logpair.h"
#include "msg_build.h"
#include "msg_conf.h"

#define RECORD sizeof(struct line_index)
#define PATH_SIZE (CONF_PATH_MAX + 48)

static char dir[CONF_PATH_MAX];

/* Logs lie below path, which exists. */
void
logpair_init(const char *path)
{
	strlcpy(dir, path, sizeof(dir));
}

static int
open_file(const struct msg_build *b, const char *suffix, int flags)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%" PRIu64 "/%" PRIu32 ".%.3s", dir,
	    b->project_id, b->number, suffix);
	return open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0640);
}

static int
make_dir(const struct msg_build *b)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%" PRIu64, dir, b->project_id);
	return mkdir(path, 0750) == -1 && errno != EEXIST ? -1 : 0;
}

static int
read_record(const struct logpair *p, uint64_t line, struct line_index *li)
{
	ssize_t n = pread(p->index_fd, li, RECORD, (off_t)(line * RECORD));

	return n == (ssize_t)RECORD ? 0 : -1;
}

/* Find the last line that is whole in both files. */
static int
find_end(struct logpair *p)
{
	struct stat text, index;

	if (fstat(p->text_fd, &text) == -1 || fstat(p->index_fd, &index) == -1)
		return -1;
	p->lines = (uint64_t)index.st_size / RECORD;
	for (; p->lines > 0; p->lines--) {
		if (read_record(p, p->lines - 1, &p->last) == -1)
			return -1;
		if (p->last.end <= (uint64_t)text.st_size)
			return 0;
	}
	memset(&p->last, 0, sizeof(p->last));
	return 0;
}

/* Say whether the limit was reached: only cid's own words may follow that. */
static int
find_limit(const struct logpair *p)
{
	struct line_index li;
	uint64_t n;

	for (n = p->lines; n > 0; n--) {
		if (read_record(p, n - 1, &li) == -1 ||
		    (li.stream != LINE_CID && li.stream != LINE_LIMIT))
			return 0;
		if (li.stream == LINE_LIMIT)
			return 1;
	}
	return 0;
}

/* Cut off what a dead builder did not finish. */
static int
cut_off(struct logpair *p)
{
	if (find_end(p) == -1 ||
	    ftruncate(p->text_fd, (off_t)p->last.end) == -1 ||
	    ftruncate(p->index_fd, (off_t)(p->lines * RECORD)) == -1)
		return -1;
	p->is_full = find_limit(p);
	return 0;
}

/*
 * Open the log of a build, make it when it is not there and that is wanted.
 * Returns 0, or -1 with errno; logpair_close() is right in both cases.
 */
int
logpair_open(struct logpair *p, const struct msg_build *b, int make)
{
	int flags = make ? O_CREAT : 0;

	memset(p, 0, sizeof(*p));
	p->text_fd = p->index_fd = -1;
	if ((make && make_dir(b) == -1) ||
	    (p->text_fd = open_file(b, "log", flags)) == -1 ||
	    (p->index_fd = open_file(b, "idx", flags)) == -1)
		return -1;
	return cut_off(p);
}

void
logpair_close(struct logpair *p)
{
	if (p->text_fd != -1)
		close(p->text_fd);
	if (p->index_fd != -1)
		close(p->index_fd);
	p->text_fd = p->index_fd = -1;
}

static int
write_all(int fd, const void *buf, size_t len, off_t at)
{
	const char *p = buf;
	ssize_t n;

	while (len > 0) {
		if ((n = pwrite(fd, p, len, at)) == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

/*
 * Add lines whose records are index and whose bytes are text.  Returns 0, or
 * -1 with errno; the pair is as before then.
 */
int
logpair_write(struct logpair *p, const char *text, size_t len,
    const struct line_index *index, size_t lines)
{
	if (write_all(p->text_fd, text, len, (off_t)p->last.end) == -1 ||
	    write_all(p->index_fd, index, lines * RECORD,
		(off_t)(p->lines * RECORD)) == -1)
		return -1;
	p->last = index[lines - 1];
	p->lines += lines;
	return 0;
}

/* Remove all logs of a project.  Returns 0, or -1 after logging. */
int
logpair_remove(uint64_t project_id)
{
	char path[PATH_SIZE];
	struct dirent *d;
	DIR *dp;
	int ret;

	snprintf(path, sizeof(path), "%s/%" PRIu64, dir, project_id);
	if ((dp = opendir(path)) == NULL)
		return errno == ENOENT ? 0 : -1;
	while ((d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			unlinkat(dirfd(dp), d->d_name, 0);
	}
	closedir(dp);
	if ((ret = rmdir(path)) == -1)
		log_warn("%s", path);
	return ret;
}
