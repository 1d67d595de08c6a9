/*
 * Carries the first thing that went wrong back to the user.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <git2.h>

#include "fail.h"

static void
say(struct fail *f, enum reason reason, const char *fmt, va_list ap)
{
	f->reason = reason;
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
}

/* Returns -1, for the caller to return. */
int
fail_set(struct fail *f, enum reason reason, const char *fmt, ...)
{
	va_list ap;

	if (f->reason != REASON_NONE)
		return -1;
	va_start(ap, fmt);
	say(f, reason, fmt, ap);
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
	say(f, reason, fmt, ap);
	va_end(ap);
	if (e != NULL && e->message != NULL) {
		strlcat(f->text, ": ", sizeof(f->text));
		strlcat(f->text, e->message, sizeof(f->text));
	}
	return -1;
}
