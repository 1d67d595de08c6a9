/*
 * Stands where the other processes and the people would be.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <event2/event.h>

#include "api_world.h"
#include "child.h"
#include "conf.h"
#include "db.h"
#include "db_env.h"
#include "db_project.h"
#include "db_release.h"
#include "event.h"
#include "peer.h"
#include "reason.h"
#include "rest_project.h"
#include "run.h"
#include "spec_release.h"
#include "switch.h"

#define SENT_MAX 256
#define TURNS 8

struct world world;

static char dir[64];
static struct event_base *base;
static struct sent sent[SENT_MAX];
static size_t sent_len;
static char edges[PROC_MAX];

const struct msg_conf_api *
conf_get(void)
{
	return &world.conf;
}

struct peer *
child_peer(enum proc p, uint32_t instance)
{
	(void)instance;
	if ((p == PROC_BUILDER && !world.builder) ||
	    (p == PROC_DEPLOYER && !world.deployer))
		return NULL;
	return (struct peer *)(void *)&edges[p];
}

size_t
peer_queued(const struct peer *p)
{
	(void)p;
	return 0;
}

int
peer_send_tail(struct peer *p, uint32_t type, const void *data, size_t len,
    const void *tail, size_t tail_len)
{
	struct sent *s = &sent[sent_len];
	struct msg m = { .type = type, .fd = -1 };
	char *frame;

	if (p == NULL)
		return -1;
	assert_true(sent_len < SENT_MAX);
	assert_non_null(frame = malloc(len + tail_len + 1));
	if (len > 0)
		memcpy(frame, data, len);
	if (tail_len > 0)
		memcpy(frame + len, tail, tail_len);
	m.data = frame;
	m.len = len + tail_len;
	assert_int_equal(msg_check(&m, PROC_API,
			     p == (struct peer *)(void *)&edges[PROC_BUILDER]
				 ? PROC_BUILDER
				 : PROC_DEPLOYER),
	    MSG_OK);
	frame[m.len] = '\0';
	s->type = type;
	s->data = frame;
	s->tail = frame + len;
	sent_len++;
	return 0;
}

int
peer_send(struct peer *p, uint32_t type, const void *data, size_t len)
{
	return peer_send_tail(p, type, data, len, NULL, 0);
}

void
event_build_status(const struct build *b, enum build_state was)
{
	(void)b;
	(void)was;
}

void
event_health_check(const struct msg_release_try *t, const char *url)
{
	(void)t;
	(void)url;
}

void
event_deployment(const struct build *b, const char *status, int slot)
{
	(void)b;
	(void)status;
	(void)slot;
}

void
event_container_status(const struct msg_container *m, const char *id)
{
	(void)m;
	(void)id;
}

void
event_error(const char *code, const char *message, int64_t build_id,
    int64_t project_id)
{
	(void)code;
	(void)message;
	(void)build_id;
	(void)project_id;
}

void
project_gone(int64_t id)
{
	world.gone = id;
}

void
world_turn(void)
{
	int i;

	for (i = 0; i < TURNS; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

void
world_wait(void)
{
	size_t before = sent_len;

	while (sent_len == before)
		event_base_loop(base, EVLOOP_ONCE);
	world_turn();
}

void
world_forget(void)
{
	while (sent_len > 0)
		free(sent[--sent_len].data);
}

size_t
world_count(uint32_t type)
{
	size_t i, n = 0;

	for (i = 0; i < sent_len; i++)
		n += sent[i].type == type;
	return n;
}

const struct sent *
world_sent(uint32_t type)
{
	size_t i;

	for (i = sent_len; i-- > 0;) {
		if (sent[i].type == type)
			return &sent[i];
	}
	fail_msg("no %s was sent", msg_name(type));
	return NULL;
}

int
world_said(const char *part)
{
	size_t i;

	for (i = 0; i < sent_len; i++) {
		if (sent[i].type == MSG_LOG_LINE &&
		    strstr(sent[i].tail, part) != NULL)
			return 1;
	}
	return 0;
}

int64_t
world_project(const char *name, int64_t *env)
{
	static char *command[] = { "make" };
	struct environment e;
	struct project p;

	memset(&p, 0, sizeof(p));
	p.team_id = 1;
	strlcpy(p.name, name, sizeof(p.name));
	strlcpy(p.repo, "/srv/shop.git", sizeof(p.repo));
	strlcpy(p.repo_url, "/srv/shop.git", sizeof(p.repo_url));
	strlcpy(p.branch, "main", sizeof(p.branch));
	strlcpy(p.build_image, "busybox", sizeof(p.build_image));
	p.build_command.items = command;
	p.build_command.len = 1;
	p.network = 1;
	assert_int_equal(db_project_add(&p), 0);
	memset(&e, 0, sizeof(e));
	e.project_id = p.id;
	strlcpy(e.name, "production", sizeof(e.name));
	strlcpy(e.branch, "main", sizeof(e.branch));
	e.is_protected = 1;
	assert_int_equal(db_env_add(&e, 64), 0);
	*env = e.id;
	return p.id;
}

/* The modules begin once; only the database is another for each test. */
static void
begin_loop(void)
{
	int is_first = base == NULL;

	if (is_first)
		assert_non_null(base = event_base_new());
	db_loop(base);
	if (!is_first)
		return;
	queue_loop(base);
	switch_loop(base);
}

int
world_begin(void **unused)
{
	(void)unused;
	memset(&world, 0, sizeof(world));
	strlcpy(world.conf.public_url, "http://127.0.0.1:8080",
	    sizeof(world.conf.public_url));
	world.conf.builds_parallel = 2;
	world.conf.build_timeout_s = 600;
	world.conf.port_base = 9000;
	world.conf.port_limit = 9999;
	world.conf.grace_s = 172800;
	world.conf.warm_s = 3600;
	world.conf.drain_ms = 30000;
	world.conf.firewall = 1;
	world.builder = world.deployer = 1;
	strlcpy(world.who.name, "uid 0", sizeof(world.who.name));
	strlcpy(dir, "/tmp/api_test.XXXXXX", sizeof(dir));
	if (mkdtemp(dir) == NULL || db_open(dir) == -1)
		return -1;
	begin_loop();
	world.base = base;
	world.project = world_project("shop", &world.env);
	run_builder_up(child_peer(PROC_BUILDER, 0));
	switch_deployer_up(child_peer(PROC_DEPLOYER, 0));
	world_engine(1);
	world_forget();
	return 0;
}

int
world_end(void **unused)
{
	static const char *const files[] = { "", "-wal", "-shm" };
	char path[128];
	size_t i;

	(void)unused;
	switch_deployer_down(NULL);
	run_builder_down(NULL);
	world_turn();
	db_close();
	world_forget();
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/cid.db%s", dir, files[i]);
		unlink(path);
	}
	return rmdir(dir);
}

void
world_build(int64_t id, struct build *b)
{
	assert_int_equal(db_build_get(id, b), 1);
}

void
must_be_build(int64_t id, enum build_state state, int reason)
{
	struct build b;

	world_build(id, &b);
	if (b.state != (int)state || b.reason != reason)
		fail_msg("build %lld is %s %s %s", (long long)id,
		    build_state_names[b.state], reason_code((uint32_t)b.reason),
		    b.message);
	db_build_free(&b);
}

/* build_id 0: whichever */
void
must_be_slot(int slot, enum slot_state state, int64_t build_id)
{
	struct release_row r;
	struct slot_row s;

	assert_int_equal(db_slot_get(world.env, slot, &s), 1);
	if (s.state != (int)state)
		fail_msg("slot %s is %s", slot_names[slot],
		    slot_state_names[s.state]);
	if (build_id == 0)
		return;
	assert_int_equal(db_release_get(s.release_id, &r), 1);
	assert_int_equal(r.build_id, build_id);
	db_release_free(&r);
}

int64_t
world_trigger(void)
{
	struct build_order order = { NULL, NULL, 0 };
	struct project p;
	struct build b;
	int64_t id;

	assert_int_equal(db_project_get(world.project, &p), 1);
	assert_int_equal(build_trigger(&p, &order, &world.who, &b),
	    REASON_NONE);
	id = b.id;
	db_build_free(&b);
	db_project_free(&p);
	world_turn();
	return id;
}

void
world_engine(int up)
{
	struct msg_engine m = { (uint32_t)up, up ? 0 : REASON_ENGINE_DOWN };
	struct msg_tail none = { 0, "" };

	run_engine(&m, none);
	world_turn();
}

struct msg_build
world_name(int64_t build_id)
{
	struct msg_build m;
	struct build b;

	world_build(build_id, &b);
	memset(&m, 0, sizeof(m));
	m.build_id = (uint64_t)b.id;
	m.project_id = (uint64_t)b.project_id;
	m.number = (uint32_t)b.ref;
	m.attempt = (uint32_t)b.attempt;
	db_build_free(&b);
	return m;
}

void
world_spec(int64_t build_id, const char *source)
{
	struct msg_tail tail = { strlen(source), source };
	struct msg_build m = world_name(build_id);

	run_spec(&m, tail);
	world_turn();
}

void
world_done(int64_t build_id, enum build_result result, int reason,
    const char *text)
{
	struct msg_tail tail = { strlen(text), text };
	struct msg_build_end m;

	memset(&m, 0, sizeof(m));
	m.build = world_name(build_id);
	m.result = result;
	m.reason = (uint32_t)reason;
	run_done(&m, tail);
	world_turn();
}

struct msg_release
world_release(int slot)
{
	struct msg_release m;
	struct slot_row s;

	assert_int_equal(db_slot_get(world.env, slot, &s), 1);
	memset(&m, 0, sizeof(m));
	m.env_id = (uint64_t)world.env;
	m.project_id = (uint64_t)world.project;
	m.release_id = (uint64_t)s.release_id;
	m.slot = (uint32_t)slot;
	return m;
}

int
world_wants(int slot)
{
	const struct sent *s = world_sent(MSG_RELEASE_WANT);
	static struct spec_env env;
	struct schema_error e;
	int want;

	if (schema_parse(&spec_env_schema, s->tail, strlen(s->tail), &env, NULL,
		&e) == -1)
		fail_msg("%s %s", e.field, e.reason);
	want = env.slots[slot].want;
	schema_free(&spec_env_schema, &env);
	return want;
}

int64_t
world_go_live(void)
{
	struct msg_tail none = { 0, "" };
	struct msg_release m;
	struct build b;
	int64_t id = world_trigger();

	world_spec(id, WORLD_SOURCE);
	world_done(id, BUILD_SUCCEEDED, 0, WORLD_RESULT);
	world_build(id, &b);
	m = world_release(
	    strcmp(b.slot, "green") == 0 ? SLOT_GREEN : SLOT_BLUE);
	db_build_free(&b);
	switch_started(&m, none);
	switch_healthy(&m);
	world_turn();
	switch_switched(&m);
	world_turn();
	must_be_build(id, BUILD_STATE_SUCCESS, REASON_NONE);
	return id;
}
