/*
 * An environment as a whole: its project, its slots, its addresses.
 */

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "msg_conf.h"
#include "site.h"

#define PRODUCTION "production"

static int
load_slots(struct site *s)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (db_slot_get(s->env.id, i, &s->slots[i]) != 1)
			return -1;
	}
	return 0;
}

/* Returns 0 with *s to be freed, or -1 after logging. */
int
site_load(int64_t environment_id, struct site *s)
{
	memset(s, 0, sizeof(*s));
	if (db_env_get(environment_id, &s->env) == 1 && load_slots(s) == 0 &&
	    db_project_get(s->env.project_id, &s->project) == 1)
		return 0;
	log_warnx("environment %lld: not there", (long long)environment_id);
	return -1;
}

void
site_free(struct site *s)
{
	db_project_free(&s->project);
}

/* environment NULL is production.  Returns 0, or -1 when there is none. */
int
site_find(const struct project *p, const char *environment, struct site *s)
{
	struct environment e;

	if (db_env_find(p->id, environment == NULL ? PRODUCTION : environment,
		&e) != 1)
		return -1;
	return site_load(e.id, s);
}

struct slot_row *
site_active(struct site *s)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (s->slots[i].state == SLOT_ACTIVE)
			return &s->slots[i];
	}
	return NULL;
}

/* The slot with this release; NULL when none has it any more. */
struct slot_row *
site_release(struct site *s, uint64_t release_id)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (s->slots[i].release_id == (int64_t)release_id &&
		    release_id != 0)
			return &s->slots[i];
	}
	return NULL;
}

int
site_is_production(const struct site *s)
{
	return strcmp(s->env.name, PRODUCTION) == 0;
}

/* The host that is its own, with a domain only.  Returns 0 or -1. */
int
site_host(const struct site *s, char *buf, size_t size)
{
	const char *domain = conf_get()->domain;
	int n;

	if (domain[0] == '\0')
		return -1;
	if (site_is_production(s))
		n = snprintf(buf, size, "%s.%s", s->project.name, domain);
	else
		n = snprintf(buf, size, "%s.%s.%s", s->env.name,
		    s->project.name, domain);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

/* Where visitors find it; "" when nowhere. */
const char *
site_url(const struct site *s, char buf[URL_MAX])
{
	buf[0] = '\0';
	return site_is_production(s)
	    ? url_public(conf_get(), s->project.name, buf)
	    : buf;
}

/*
 * The first number to try to publish the slot at, and the last; 0 and 0 when
 * none is left.  What a slot had it keeps.
 */
void
site_ports(const struct site *s, int slot, int64_t *first, int64_t *last)
{
	const struct msg_conf_api *conf = conf_get();
	int64_t port = s->slots[slot].port;

	*first = *last = 0;
	if (!site_is_production(s) || conf->port_limit == 0)
		return;
	if (port < conf->port_base || port > conf->port_limit)
		port = conf->port_base + s->project.id * 10 + 1 + slot;
	while (port <= conf->port_limit &&
	    db_slot_port_free(port, s->slots[slot].id) == 0)
		port++;
	if (port > conf->port_limit)
		return;
	*first = port;
	*last = conf->port_limit;
}
