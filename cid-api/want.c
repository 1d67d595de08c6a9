/*
 * Tells cid-deployer what should run where: one environment whenever it
 * changed, all of them when cid-deployer is there anew.  The rows as they
 * are by then are what is sent.
 */

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "child.h"
#include "conf.h"
#include "db.h"
#include "db_release.h"
#include "log.h"
#include "msg_conf.h"
#include "peer.h"
#include "run.h"
#include "site.h"
#include "slots.h"
#include "want.h"

#define BEHIND_MAX ((size_t)256 << 10) /* bytes queued before a pause */
#define PAUSE_US 20000

/* Where telling all of it has come to. */
static struct {
	struct event *next;
	int is_on;
	int64_t after; /* environments up to this are told */
	enum reconcile_mode mode;
} all;

static struct peer *
deployer(void)
{
	return child_peer(PROC_DEPLOYER, 0);
}

static int
fill_slot(struct spec_slot *out, const struct slot_row *s)
{
	struct release_row row;
	struct schema_error e;
	int ret;

	out->want = (int)slots_want(s);
	if (s->release_id == 0)
		return 0;
	if (db_release_get(s->release_id, &row) != 1)
		return -1;
	ret = schema_parse(&spec_release_schema, row.spec, strlen(row.spec),
	    &out->release, NULL, &e);
	if (ret == -1)
		log_warnx("release %" PRId64 ": %s %s", row.id, e.field,
		    e.reason);
	out->release.id = row.id;
	db_release_free(&row);
	return ret;
}

/* The way back goes cold while its slot is about to be needed. */
static void
make_room(struct spec_env *out, const struct site *s)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (out->slots[i].want == WANT_WARM &&
		    run_needs_slot(s->env.id))
			out->slots[i].want = WANT_COLD;
	}
}

static int
add_host(struct spec_env *out, const struct site *s)
{
	char host[CONF_HOST_MAX], **items;

	if (site_host(s, host, sizeof(host)) == -1)
		return 0;
	if ((items = calloc(1, sizeof(*items))) == NULL)
		return -1;
	out->hosts.items = items;
	if ((items[0] = strdup(host)) == NULL)
		return -1;
	out->hosts.len = 1;
	return 0;
}

static int
fill_env(struct spec_env *out, const struct site *s)
{
	int i;

	memset(out, 0, sizeof(*out));
	strlcpy(out->project, s->project.name, sizeof(out->project));
	strlcpy(out->environment, s->env.name, sizeof(out->environment));
	if (site_is_production(s))
		snprintf(out->prefix, sizeof(out->prefix), "/%s",
		    s->project.name);
	out->drain_ms = conf_get()->drain_ms;
	for (i = 0; i < SLOTS; i++) {
		if (fill_slot(&out->slots[i], &s->slots[i]) == -1)
			return -1;
	}
	make_room(out, s);
	return add_host(out, s);
}

static void
send_want(const struct site *s, const struct msg_env *m)
{
	struct spec_env env;
	char *text = NULL;
	size_t len;

	if (fill_env(&env, s) == 0)
		text = schema_print(&spec_env_schema, &env, &len);
	if (text == NULL || len > MSG_SPEC_MAX)
		log_warnx("%s: %s can't be told to cid-deployer",
		    s->project.name, s->env.name);
	else
		peer_send_tail(deployer(), MSG_RELEASE_WANT, m, sizeof(*m),
		    text, len);
	free(text);
	schema_free(&spec_env_schema, &env);
}

static void
send_env(int64_t environment_id)
{
	struct msg_env m;
	struct site s;

	if (deployer() == NULL)
		return;
	if (site_load(environment_id, &s) == 0) {
		memset(&m, 0, sizeof(m));
		m.env_id = (uint64_t)s.env.id;
		m.project_id = (uint64_t)s.project.id;
		m.net = (uint32_t)s.env.net;
		if (s.project.deleting_ms != 0)
			peer_send(deployer(), MSG_RELEASE_FORGET, &m,
			    sizeof(m));
		else
			send_want(&s, &m);
	}
	site_free(&s);
}

static void
send_committed(void *arg, int committed)
{
	int64_t *id = arg;

	if (committed)
		send_env(*id);
	free(id);
}

void
want_tell(int64_t environment_id)
{
	int64_t *id;

	if ((id = malloc(sizeof(*id))) == NULL)
		fatal("%s", __func__);
	*id = environment_id;
	db_after_commit(send_committed, id);
}

static void
send_sync(void)
{
	struct msg_release_sync m;

	memset(&m, 0, sizeof(m));
	m.projects = (uint32_t)db_project_count();
	m.mode = all.mode;
	peer_send(deployer(), MSG_RELEASE_SYNC, &m, sizeof(m));
	all.is_on = 0;
}

/* Stops early while cid-deployer has much to read. */
static int
tell_env(void *row, void *arg)
{
	const struct environment *e = row;

	(void)arg;
	if (peer_queued(deployer()) > BEHIND_MAX)
		return 1;
	send_env(e->id);
	all.after = e->id;
	return 0;
}

static void
tell_next(int fd, short what, void *arg)
{
	struct timeval pause = { 0, PAUSE_US };
	int ret;

	(void)fd;
	(void)what;
	(void)arg;
	if (!all.is_on || deployer() == NULL)
		return;
	ret = db_each(&environment_table, tell_env, NULL,
	    "WHERE id > ?1 ORDER BY id", "i", all.after);
	if (ret == 0)
		send_sync();
	else if (ret == 1)
		evtimer_add(all.next, &pause);
}

static void
tell_committed(void *arg, int committed)
{
	(void)arg;
	if (committed)
		tell_next(-1, 0, NULL);
}

/* Returns -1 when cid-deployer is not there. */
int
want_tell_all(enum reconcile_mode mode)
{
	if (deployer() == NULL)
		return -1;
	all.is_on = 1;
	all.after = 0;
	all.mode = mode;
	db_after_commit(tell_committed, NULL);
	return 0;
}

void
want_stop(void)
{
	all.is_on = 0;
}

void
want_loop(struct event_base *base)
{
	if ((all.next = evtimer_new(base, tell_next, NULL)) == NULL)
		fatalx("%s: no memory", __func__);
}
