/*
 * When to try.  A release has as long as its tries at full interval would
 * take; the first ones come fast, so that a quick app is live in a second
 * and a slow one loses nothing.  All times are in ms since the check began.
 */

#include "health_time.h"

#define FIRST_MS 100
#define KNOCKS 5 /* tries that fill the pause after them with knocking */

/*
 * The pause between the begin of a try and the one before it; 0 for the
 * first, which comes at once.
 */
uint32_t
health_delay(uint32_t attempt, uint32_t interval_ms)
{
	uint64_t ms = FIRST_MS;
	uint32_t i;

	if (attempt <= 1)
		return 0;
	for (i = 2; i < attempt && ms < interval_ms; i++)
		ms *= 2;
	return ms < interval_ms ? (uint32_t)ms : interval_ms;
}

/* How many tries begin within budget_ms when each fails at once. */
uint32_t
health_attempts(uint64_t budget_ms, uint32_t interval_ms)
{
	uint64_t at = 0;
	uint32_t n = 1;

	/* From here on the pauses are all alike. */
	while (health_delay(n + 1, interval_ms) < interval_ms) {
		at += health_delay(n + 1, interval_ms);
		if (at >= budget_ms)
			return n;
		n++;
	}
	if (interval_ms == 0 || at >= budget_ms)
		return n;
	return n + (uint32_t)((budget_ms - at - 1) / interval_ms);
}

/*
 * When the next try is to begin, after number attempt, which was to begin at
 * begun_ms, failed: set *wait_ms.  Returns 0, or -1 when the time is over.
 */
int
health_next(uint32_t attempt, uint32_t interval_ms, uint64_t budget_ms,
    uint64_t begun_ms, uint64_t now_ms, uint64_t *wait_ms)
{
	uint64_t at = begun_ms + health_delay(attempt + 1, interval_ms);

	if (at < now_ms)
		at = now_ms;
	if (at >= budget_ms)
		return -1;
	*wait_ms = at - now_ms;
	return 0;
}

/* How long a try may take: its own limit, capped by what is left. */
uint64_t
health_timeout(uint64_t timeout_ms, uint64_t budget_ms, uint64_t now_ms)
{
	uint64_t left = now_ms < budget_ms ? budget_ms - now_ms : 0;

	return timeout_ms < left ? timeout_ms : left;
}

/*
 * How long a try knocks at a port where nobody listens yet: while the pauses
 * still double, until the next one takes over.
 */
uint64_t
health_knock(uint32_t attempt, uint32_t interval_ms, uint64_t timeout_ms)
{
	uint64_t ms;

	if (attempt > KNOCKS)
		return 0;
	ms = health_delay(attempt + 1, interval_ms);
	return ms < timeout_ms ? ms : timeout_ms;
}
