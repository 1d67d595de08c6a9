/*
 * Does an app listen somewhere else than it was told to?
 */

#include <stdio.h>
#include <string.h>

#include "ports.h"

#define PORT_MAX 65535
#define NAMED_MAX 8 /* ports in a sentence */

/* Take the next number off a list.  Returns 0 at its end. */
static uint32_t
next_port(const char **p, const char *end)
{
	uint32_t n = 0;

	while (*p < end && (**p < '0' || **p > '9'))
		(*p)++;
	while (*p < end && **p >= '0' && **p <= '9') {
		n = n * 10 + (uint32_t)(**p - '0');
		if (n > PORT_MAX)
			n = PORT_MAX + 1;
		(*p)++;
	}
	return n;
}

/*
 * Read a list of ports, "8081 9090", that an app listens on.  Returns 1 and
 * writes a sentence that names them when there are some and port is not among
 * them, else 0 with text untouched.
 */
int
ports_elsewhere(const char *list, size_t len, uint32_t port, char *text,
    size_t size)
{
	const char *end = list + len, *p = list;
	char names[NAMED_MAX * 8] = "";
	size_t used = 0, count = 0;
	uint32_t n;

	while ((n = next_port(&p, end)) != 0) {
		if (n == port)
			return 0;
		if (n > PORT_MAX || count == NAMED_MAX)
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used,
		    "%s%u", count > 0 ? ", " : "", (unsigned int)n);
		count++;
	}
	if (count == 0)
		return 0;
	snprintf(text, size, "The app listens on %s, not on %u.", names,
	    (unsigned int)port);
	return 1;
}
