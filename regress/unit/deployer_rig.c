#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "addr.h"
#include "deployer_rig.h"
#include "msg_build.h"
#include "msg_conf.h"

#define PATIENCE_MS 20000
#define NOBODY "65534"

static struct msg heard;
static char heard_data[MSG_LEN_MAX + 1];
static char heard_tail[MSG_SPEC_MAX + 1];

static void
wire_init(struct wire *w, enum proc proc, uint32_t instance)
{
	w->fd = -1;
	w->proc = proc;
	w->instance = instance;
	frame_init(&w->in, &w->out);
}

void
rig_cut(struct wire *w)
{
	if (w->fd == -1)
		return;
	close(w->fd);
	w->fd = -1;
	frame_clear(&w->in, &w->out);
}

static void
say_fd(struct wire *w, uint32_t type, const void *data, size_t len,
    const char *tail, int fd)
{
	struct msg m = { type, len, fd, data };

	assert_int_equal(frame_push(&w->out, &m, tail,
			     tail == NULL ? 0 : strlen(tail)),
	    0);
	assert_int_equal(frame_write(&w->out, w->fd), FRAME_OK);
}

void
rig_say(struct wire *w, uint32_t type, const void *data, size_t len,
    const char *tail)
{
	say_fd(w, type, data, len, tail, -1);
}

static void
keep(const struct msg *m)
{
	struct msg_tail t;

	heard = *m;
	memcpy(heard_data, m->data, m->len);
	heard.data = heard_data;
	t = msg_tail(&heard);
	memcpy(heard_tail, t.data, t.len);
	heard_tail[t.len] = '\0';
}

/* Returns the type, or MSG_MAX when nothing came in ms. */
static uint32_t
hear_any(struct wire *w, int ms)
{
	struct pollfd pfd = { w->fd, POLLIN, 0 };
	enum frame_result r;
	struct msg m;

	while ((r = frame_next(&w->in, &m)) == FRAME_MORE) {
		if (poll(&pfd, 1, ms) == 0)
			return MSG_MAX;
		if (frame_read(&w->in, w->fd) != FRAME_OK)
			return MSG_MAX;
	}
	assert_int_equal(r, FRAME_OK);
	assert_int_equal(msg_check(&m, PROC_DEPLOYER, w->proc), MSG_OK);
	keep(&m);
	m.fd = -1;
	frame_done(&w->in, &m);
	return heard.type;
}

/* Reports that come whenever something changed; most tests pass over them. */
static int
is_aside(uint32_t type)
{
	return type == MSG_RELEASE_IS || type == MSG_RECONCILED ||
	    type == MSG_ROUTE_SNAPSHOT;
}

const void *
rig_hear(struct wire *w, uint32_t type)
{
	uint32_t t;

	do
		t = hear_any(w, PATIENCE_MS);
	while (t != type && is_aside(t));
	if (t != type)
		fail_msg("heard %s, not %s", msg_name(t), msg_name(type));
	return heard_data;
}

const void *
rig_hear_unless(struct wire *w, uint32_t type, uint32_t last)
{
	uint32_t t;

	do
		t = hear_any(w, PATIENCE_MS);
	while (is_aside(t));
	if (t != type && t != last)
		fail_msg("heard %s, not %s", msg_name(t), msg_name(last));
	return t == type ? heard_data : NULL;
}

const void *
rig_data(void)
{
	return heard_data;
}

const char *
rig_tail(void)
{
	return heard_tail;
}

int
rig_fd(void)
{
	return heard.fd;
}

/* Twice, so that what the first turn began has ended in the second. */
static void
take_turns(struct rig *rig)
{
	struct msg_ping ping = { 1 };
	int i;

	for (i = 0; i < 2; i++) {
		rig_say(&rig->parent, MSG_PING, &ping, sizeof(ping), NULL);
		rig_hear(&rig->parent, MSG_PONG);
	}
}

void
rig_silence(struct rig *rig, struct wire *w)
{
	uint32_t t;

	take_turns(rig);
	do
		t = hear_any(w, 0);
	while (t == MSG_RELEASE_IS || t == MSG_RECONCILED);
	if (t != MSG_MAX)
		fail_msg("heard %s", msg_name(t));
}

/* Join the deployer with who is at the other end of w, in a new life. */
void
rig_join(struct rig *rig, struct wire *w)
{
	struct msg_peer_new m;
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv),
	    0);
	w->fd = sv[0];
	memset(&m, 0, sizeof(m));
	m.proc = w->proc;
	m.instance = w->instance;
	m.generation = ++rig->generation;
	say_fd(&rig->parent, MSG_PEER_NEW, &m, sizeof(m), NULL, sv[1]);
	close(sv[1]);
}

static void
run(const char *argv0, int fd)
{
	char copy[512], path[600];

	strlcpy(copy, argv0, sizeof(copy));
	snprintf(path, sizeof(path), "%s/cid-deployer", dirname(copy));
	if (fd == 3)
		exit(1); /* dup2() would leave close-on-exec set */
	dup2(fd, 3);
	execl(path, path, "-d", "-u", NOBODY, "-g", NOBODY, (char *)NULL);
	perror(path);
	_exit(1);
}

static int
listen_at(uint32_t slot, uint16_t *port)
{
	struct conf_pool pool = { RIG_POOL, 16 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	uint32_t addr;
	int fd;

	assert_int_equal(addr_slot(&pool, RIG_NET, slot, &addr), 0);
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(addr);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 16), 0);
	getsockname(fd, (struct sockaddr *)&sin, &len);
	*port = ntohs(sin.sin_port);
	return fd;
}

/* Start it, with nobody but its parent there. */
int
rig_start(struct rig *rig, const char *argv0)
{
	struct msg_conf_deployer conf;
	uint32_t i;
	int sv[2];

	memset(rig, 0, sizeof(*rig));
	rig->health = "{\"kind\":\"http\",\"path\":\"/up\","
		      "\"interval_ms\":1000,\"retries\":5}";
	wire_init(&rig->parent, PROC_PARENT, 0);
	wire_init(&rig->api, PROC_API, 0);
	wire_init(&rig->builder, PROC_BUILDER, 0);
	for (i = 0; i < RIG_WORKERS; i++)
		wire_init(&rig->edge[i], PROC_EDGE, i);
	for (i = 0; i < SLOTS; i++)
		rig->listener[i] = listen_at(i, &rig->port[i]);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1 ||
	    (rig->pid = fork()) == -1)
		return -1;
	if (rig->pid == 0)
		run(argv0, sv[1]);
	close(sv[1]);
	rig->parent.fd = sv[0];
	memset(&conf, 0, sizeof(conf));
	strlcpy(conf.instance, "test", sizeof(conf.instance));
	conf.pool.net = RIG_POOL;
	conf.pool.bits = 16;
	conf.drain_ms = 60000;
	rig_say(&rig->parent, MSG_CONF_DEPLOYER, &conf, sizeof(conf), NULL);
	rig_say(&rig->parent, MSG_START, NULL, 0, NULL);
	rig_hear(&rig->parent, MSG_READY);
	return 0;
}

/* It ends when its parent does, and in order. */
int
rig_stop(struct rig *rig)
{
	int i, status = -1;

	rig_cut(&rig->parent);
	waitpid(rig->pid, &status, 0);
	rig_cut(&rig->api);
	rig_cut(&rig->builder);
	for (i = 0; i < RIG_WORKERS; i++)
		rig_cut(&rig->edge[i]);
	for (i = 0; i < SLOTS; i++)
		close(rig->listener[i]);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void
write_slot(const struct rig *rig, uint32_t slot, const struct rig_slot *s,
    char *buf, size_t size)
{
	if (s->release == 0) {
		snprintf(buf, size, "{\"want\":\"empty\"}");
		return;
	}
	snprintf(buf, size,
	    "{\"want\":\"%s\",\"release\":{\"id\":%llu,\"build_id\":%llu,"
	    "\"number\":%llu,\"image\":\"app:1\",\"health\":%s,\"port\":%u}}",
	    s->want, (unsigned long long)s->release,
	    (unsigned long long)s->release + 100,
	    (unsigned long long)s->release, rig->health, rig->port[slot]);
}

static void
env_id(struct msg_env *m)
{
	memset(m, 0, sizeof(*m));
	m->env_id = RIG_ENV;
	m->project_id = RIG_PROJECT;
	m->net = RIG_NET;
}

void
rig_want(struct rig *rig, struct rig_slot blue, struct rig_slot green)
{
	char b[1024], g[1024];
	struct msg_env m;

	write_slot(rig, SLOT_BLUE, &blue, b, sizeof(b));
	write_slot(rig, SLOT_GREEN, &green, g, sizeof(g));
	snprintf(rig->spec, sizeof(rig->spec),
	    "{\"project\":\"app\",\"environment\":\"production\","
	    "\"prefix\":\"/app\",\"drain_ms\":60000,"
	    "\"slots\":{\"blue\":%s,\"green\":%s}}",
	    b, g);
	env_id(&m);
	rig_say(&rig->api, MSG_RELEASE_WANT, &m, sizeof(m), rig->spec);
}

void
rig_sync(struct rig *rig, uint32_t projects, enum reconcile_mode mode)
{
	struct msg_release_sync m = { projects, mode };

	rig_say(&rig->api, MSG_RELEASE_SYNC, &m, sizeof(m), NULL);
}

void
rig_engine(struct rig *rig, uint32_t up)
{
	struct msg_engine m = { up, 0 };

	rig_say(&rig->builder, MSG_CONTAINER_END, &m, sizeof(m), NULL);
}

void
rig_list(struct rig *rig)
{
	rig_hear(&rig->builder, MSG_CONTAINER_LIST);
	rig_engine(rig, 1);
}

void
rig_is(struct rig *rig, uint32_t slot, uint64_t release,
    enum container_state state)
{
	struct msg_container m;

	memset(&m, 0, sizeof(m));
	m.env_id = RIG_ENV;
	m.project_id = RIG_PROJECT;
	m.net = RIG_NET;
	m.slot = slot;
	m.release_id = release;
	m.state = state;
	/* It was started in between, also when it ended at once. */
	if (rig->state[slot] != CONTAINER_RUNNING &&
	    (state == CONTAINER_RUNNING || state == CONTAINER_EXITED))
		rig->started[slot]++;
	rig->state[slot] = state;
	m.started_ms = state == CONTAINER_GONE ? 0 : rig->started[slot];
	m.exit_code = state == CONTAINER_EXITED ? 3 : 0;
	rig_say(&rig->builder, MSG_CONTAINER_IS, &m, sizeof(m), "c0ffee");
}

void
rig_ack(struct wire *w, uint64_t generation)
{
	struct msg_route_load m = { generation, 0, 0 };

	rig_say(w, MSG_ROUTE_ACK, &m, sizeof(m), NULL);
}

void
rig_drained(struct rig *rig, struct wire *w, uint32_t slot, uint64_t release,
    uint64_t generation)
{
	struct msg_route_drained m;

	(void)rig;
	memset(&m, 0, sizeof(m));
	m.generation = generation;
	m.env_id = RIG_ENV;
	m.release_id = release;
	m.slot = slot;
	m.cut = 1;
	rig_say(w, MSG_ROUTE_DRAINED, &m, sizeof(m), NULL);
}

/* The whole table comes and is acknowledged. */
uint64_t
rig_take_load(struct wire *w, uint32_t count)
{
	const struct msg_route_load *l = rig_hear(w, MSG_ROUTE_LOAD);
	uint64_t generation = l->generation;

	assert_int_equal(l->count, count);
	close(rig_fd());
	rig_ack(w, generation);
	return generation;
}

/* The environment's route comes; release 0: the page. */
uint64_t
rig_take_route(struct wire *w, uint32_t slot, uint64_t release)
{
	const struct msg_route *r = rig_hear(w, MSG_ROUTE_SET);
	struct conf_pool pool = { RIG_POOL, 16 };
	uint32_t addr;

	assert_int_equal(r->env_id, RIG_ENV);
	assert_string_equal(r->prefix, "/app");
	assert_int_equal(r->state, release == 0 ? ROUTE_VACANT : ROUTE_LIVE);
	assert_int_equal(r->release_id, release);
	if (release != 0) {
		assert_int_equal(r->slot, slot);
		assert_int_equal(addr_slot(&pool, RIG_NET, slot, &addr), 0);
		assert_int_equal(r->addr, addr);
	}
	return r->generation;
}

/* Serve one connection to a slot; answer "" hangs up without a word. */
void
rig_answer(struct rig *rig, uint32_t slot, const char *answer)
{
	struct pollfd pfd = { rig->listener[slot], POLLIN, 0 };
	char request[4096];
	ssize_t n;
	int fd;

	assert_int_equal(poll(&pfd, 1, PATIENCE_MS), 1);
	fd = accept(rig->listener[slot], NULL, NULL);
	assert_true(fd >= 0);
	n = read(fd, request, sizeof(request) - 1);
	if (n > 0) {
		request[n] = '\0';
		assert_int_equal(strncmp(request, "GET /up HTTP/1.1\r\n", 18),
		    0);
		assert_non_null(strstr(request, "\r\nHost: 127.80.0."));
	}
	assert_int_equal(send(fd, answer, strlen(answer), MSG_NOSIGNAL),
	    (ssize_t)strlen(answer));
	close(fd);
}

/* All that makes a first release live, with one worker. */
void
rig_go_live(struct rig *rig, uint32_t slot, uint64_t release)
{
	static const struct rig_slot empty = { "empty", 0 };
	struct rig_slot s = { "active", release };

	rig_join(rig, &rig->api);
	rig_join(rig, &rig->builder);
	rig_join(rig, &rig->edge[0]);
	rig_want(rig, slot == SLOT_BLUE ? s : empty,
	    slot == SLOT_GREEN ? s : empty);
	rig_sync(rig, 1, RECONCILE_NORMAL);
	rig_hear(&rig->builder, MSG_CONTAINER_LIST);
	rig_is(rig, slot, release, CONTAINER_RUNNING);
	rig_engine(rig, 1);
	rig_hear(&rig->builder, MSG_CONTAINER_START); /* it is to be kept */
	rig_is(rig, slot, release, CONTAINER_RUNNING);
	rig_take_load(&rig->edge[0], 1);
	rig_hear(&rig->api, MSG_RELEASE_SWITCHED);
}
