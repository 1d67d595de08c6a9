/*
 * One line on the terminal that says what is waited for and how long
 * already.  Gone when there is something to print.
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "clock.h"
#include "print.h"
#include "progress.h"
#include "when.h"

#define QUIET_MS 700 /* nothing is drawn for what is quick */

static char what[256];
static uint64_t began;
static int is_drawn;

void
progress_begin(const char *text)
{
	progress_erase();
	strlcpy(what, text, sizeof(what));
	began = clock_ms();
}

/* To be called now and then. */
void
progress_draw(void)
{
	char buf[WHEN_MAX];
	uint64_t ms;

	if (what[0] == '\0' || !print_is_terminal(stderr))
		return;
	if ((ms = clock_ms() - began) < QUIET_MS)
		return;
	fflush(stdout);
	fputs("\r\033[K", stderr);
	print_colour(stderr, PRINT_FAINT, what);
	fprintf(stderr, " %s", when_lasts((int64_t)(ms / 1000 * 1000), buf));
	fflush(stderr);
	is_drawn = 1;
}

/* Before anything else is printed. */
void
progress_erase(void)
{
	if (is_drawn)
		fputs("\r\033[K", stderr);
	is_drawn = 0;
}

void
progress_end(void)
{
	progress_erase();
	what[0] = '\0';
}
