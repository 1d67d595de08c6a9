/*
 * Timers of libevent, in milliseconds.  Neither returns without memory.
 */

#include <event2/event.h>

#include "log.h"
#include "timer.h"

struct event *
timer_new(struct event_base *base, void (*f)(int, short, void *), void *arg)
{
	struct event *ev;

	if ((ev = evtimer_new(base, f, arg)) == NULL)
		fatal("timer");
	return ev;
}

/* Let it fire once in ms, however it was set before. */
void
timer_set(struct event *ev, uint64_t ms)
{
	struct timeval tv;

	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	if (evtimer_add(ev, &tv) == -1)
		fatal("timer");
}
