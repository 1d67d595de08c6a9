/*
 * Times in milliseconds.
 */

#include <time.h>

#include "clock.h"

static uint64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Never goes back; for deadlines and durations. */
uint64_t
clock_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* For what people and the database read; may jump. */
uint64_t
clock_wall_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}
