/*
 * Reason codes and their sentences, from the one table of them.
 */

#include <string.h>

#include "reason.h"

static const struct {
	const char *code;
	const char *sentence;
} reasons[REASON_MAX] = {
#define REASON(code, sentence) [REASON_##code] = { #code, sentence },
#include "reason.def"
#undef REASON
};

/* The code as people see it; "" for NONE and for what is no reason. */
const char *
reason_code(uint32_t r)
{
	return r == REASON_NONE || r >= REASON_MAX ? "" : reasons[r].code;
}

const char *
reason_sentence(uint32_t r)
{
	return r < REASON_MAX ? reasons[r].sentence : "";
}

/* The reason with this code; "" is NONE.  REASON_MAX when there is none. */
enum reason
reason_find(const char *code)
{
	uint32_t r;

	for (r = 0; r < REASON_MAX; r++) {
		if (strcmp(reason_code(r), code) == 0)
			return (enum reason)r;
	}
	return REASON_MAX;
}
