/*
 * Carries the first thing that went wrong back to the user.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <git2.h>

#include "fail.h"
#include "utf8.h"

/* Words may be a server's: only what can be shown is kept of them. */
static void
say(struct fail *f, enum reason reason, const char *more, const char *fmt,
    va_list ap)
{
	char text[FAIL_TEXT_MAX];

	f->reason = reason;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (more != NULL) {
		strlcat(text, ": ", sizeof(text));
		strlcat(text, more, sizeof(text));
	}
	utf8_clean(f->text, sizeof(f->text), text, strlen(text));
}

/* Returns -1, for the caller to return. */
int
fail_set(struct fail *f, enum reason reason, const char *fmt, ...)
{
	va_list ap;

	if (f->reason != REASON_NONE)
		return -1;
	va_start(ap, fmt);
	say(f, reason, NULL, fmt, ap);
	va_end(ap);
	return -1;
}

/* The same, with libgit2's own words added.  Returns -1. */
int
fail_git(struct fail *f, enum reason reason, const char *fmt, ...)
{
	const git_error *e = git_error_last();
	va_list ap;

	if (f->reason != REASON_NONE)
		return -1;
	va_start(ap, fmt);
	say(f, reason, e == NULL ? NULL : e->message, fmt, ap);
	va_end(ap);
	return -1;
}
