/*
 * One job is all this process has, and libgit2 and libarchive block; yet
 * pings must be answered, and the job must end when nobody wants it any
 * more.  So the job runs outside of the event loop and lets the loop run
 * whenever it waits, and now and then while it computes.
 */

#include <errno.h>
#include <stdint.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "clock.h"
#include "log.h"
#include "work.h"

#define PUMP_MS 100

static struct event_base *base;
static int over; /* child_exit() was called */

static int
turn(int flags)
{
	if (event_base_loop(base, flags) == -1)
		fatalx("event loop");
	over |= event_base_got_exit(base);
	return over ? -1 : 0;
}

/* The base that child_loop() is about to serve first. */
void
work_begin(struct event_base *b)
{
	base = b;
}

/* Say whether the loop stopped for a job, and not for good. */
int
work_alive(void)
{
	over |= event_base_got_exit(base);
	return !over;
}

/* From a handler: there is a job, make child_loop() or work_idle() return. */
void
work_wake(void)
{
	event_base_loopbreak(base);
}

/* Serve until work_wake() or the end of this process. */
void
work_idle(void)
{
	if (!over)
		turn(0);
}

/*
 * Let the loop do what is due; cheap enough for an inner loop.  Returns -1
 * when the job is to be given up.
 */
int
work_pump(void)
{
	static uint64_t last;
	uint64_t now = clock_ms();

	if (over)
		return -1;
	if (now - last < PUMP_MS)
		return 0;
	last = now;
	return turn(EVLOOP_NONBLOCK);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	*(short *)arg = what;
}

/*
 * Wait until fd, a pipe or socket, can be read or written; ms -1 waits for
 * ever.  Returns 0, or -1 with errno ETIMEDOUT or ECANCELED.
 */
int
work_wait(int fd, int for_write, int ms)
{
	struct timeval tv = { ms / 1000, (suseconds_t)(ms % 1000) * 1000 };
	struct event ev;
	short got = 0;

	if (event_assign(&ev, base, fd, for_write ? EV_WRITE : EV_READ,
		on_event, &got) == -1 ||
	    event_add(&ev, ms == -1 ? NULL : &tv) == -1)
		return -1;
	while (got == 0 && !over)
		turn(EVLOOP_ONCE);
	event_del(&ev);
	if (over) {
		errno = ECANCELED;
		return -1;
	}
	if (got & EV_TIMEOUT) {
		errno = ETIMEDOUT;
		return -1;
	}
	return 0;
}
