/*
 * Where cid's own messages go: standard error in the foreground, syslog
 * otherwise.  What a peer sent is made printable on the way.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"

#define LINE_MAX_LEN 1024

static const char *tag = "cid";
static int to_stderr = 1;
static int verbose;

/*
 * Name this process in what it logs.  name is kept, not copied.  With
 * foreground set, lines go to standard error, otherwise to syslog, whose
 * socket is opened at once because a sandboxed process can't do it later.
 */
void
log_init(const char *name, int foreground, int debug)
{
	tag = name;
	to_stderr = foreground;
	verbose = debug;
	if (!foreground)
		openlog(tag, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static void
make_printable(char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
	}
}

static void
emit(int priority, int err, const char *fmt, va_list ap)
{
	char line[LINE_MAX_LEN];
	size_t used;

	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		return;
	used = strlen(line);
	if (err != 0)
		snprintf(line + used, sizeof(line) - used, ": %s",
		    strerror(err));
	make_printable(line);
	if (to_stderr)
		dprintf(STDERR_FILENO, "%s: %s\n", tag, line);
	else
		syslog(priority, "%s", line);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	emit(LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_INFO, 0, fmt, ap);
	va_end(ap);
}

/* Log a failure with the text of errno, which is kept. */
void
log_warn(const char *fmt, ...)
{
	va_list ap;
	int saved = errno;

	va_start(ap, fmt);
	emit(LOG_WARNING, saved, fmt, ap);
	va_end(ap);
	errno = saved;
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WARNING, 0, fmt, ap);
	va_end(ap);
}

/* For start-up and broken invariants only, never for input. */
void
fatal(const char *fmt, ...)
{
	va_list ap;
	int saved = errno;

	va_start(ap, fmt);
	emit(LOG_CRIT, saved, fmt, ap);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_CRIT, 0, fmt, ap);
	va_end(ap);
	exit(1);
}
