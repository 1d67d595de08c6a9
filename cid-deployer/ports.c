/*
 * Does an app listen somewhere else than where its visitors knock?
 */

#include <stdio.h>
#include <string.h>

#include "ports.h"

#define PORT_MAX 65535
#define NAMES_MAX 128 /* of the ports in a sentence */

/* One entry of the list: "8081", or "127.0.0.1:8081" for the app alone. */
struct entry {
	const char *name;
	size_t len;
	uint32_t port;
	int is_local;
};

static uint32_t
read_port(const char *p, size_t len)
{
	uint32_t n = 0;

	for (; len > 0; p++, len--) {
		if (*p < '0' || *p > '9')
			return 0;
		n = n * 10 + (uint32_t)(*p - '0');
		if (n > PORT_MAX)
			return 0;
	}
	return n;
}

/* Take the next entry off a list.  Returns 0 at its end. */
static int
next_entry(const char **p, const char *end, struct entry *e)
{
	const char *colon;

	while (*p < end && **p == ' ')
		(*p)++;
	if (*p == end)
		return 0;
	e->name = *p;
	while (*p < end && **p != ' ')
		(*p)++;
	e->len = (size_t)(*p - e->name);
	colon = memrchr(e->name, ':', e->len);
	e->is_local = colon != NULL;
	if (colon == NULL)
		e->port = read_port(e->name, e->len);
	else
		e->port = read_port(colon + 1, (size_t)(*p - colon) - 1);
	return 1;
}

static void
add_name(char names[NAMES_MAX], const struct entry *e)
{
	size_t used = strlen(names);

	if (used + e->len + 3 > NAMES_MAX)
		return;
	snprintf(names + used, NAMES_MAX - used, "%s%.*s", used > 0 ? ", " : "",
	    (int)e->len, e->name);
}

/*
 * Read a list of ports that an app listens on, "8081 127.0.0.1:9090".
 * Returns 1 and writes a sentence that names them when there are some and
 * none of them is port for everybody, else 0 with text untouched.
 */
int
ports_elsewhere(const char *list, size_t len, uint32_t port, char *text,
    size_t size)
{
	const char *end = list + len, *p = list;
	char names[NAMES_MAX] = "";
	int is_hidden = 0;
	struct entry e;

	while (next_entry(&p, end, &e)) {
		if (e.port == 0)
			continue;
		if (e.port == port && !e.is_local)
			return 0;
		is_hidden |= e.port == port;
		add_name(names, &e);
	}
	if (names[0] == '\0')
		return 0;
	if (is_hidden)
		snprintf(text, size,
		    "The app listens on 127.0.0.1:%u only, where nobody else "
		    "reaches it; let it listen on 0.0.0.0.",
		    (unsigned int)port);
	else
		snprintf(text, size, "The app listens on %s, not on %u.", names,
		    (unsigned int)port);
	return 1;
}
