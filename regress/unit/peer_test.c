#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "frame.h"
#include "log.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "peer.h"

#define FLOOD 65536
#define FRAME_LEN (sizeof(struct frame_head) + sizeof(struct msg_ping))
#define TURNS 10

static struct event_base *base;
static struct peer *parent, *child;
static uint64_t pings;
static size_t downs;
static enum msg_error why;

static void
take_ping(struct peer *p, struct msg *m)
{
	const struct msg_ping *ping = m->data;

	(void)p;
	assert_int_equal(m->type, MSG_PING);
	assert_int_equal(ping->number, pings);
	pings++;
}

static void
take_down(struct peer *p, enum msg_error e, uint32_t type)
{
	(void)type;
	downs++;
	why = e;
	if (p == parent)
		parent = NULL;
	else
		child = NULL;
}

static const struct peer_ops ops = { take_ping, take_down };

static int
set_up(void **unused)
{
	int fds[2];

	(void)unused;
	log_init("peer_test", 1, 0);
	pings = downs = 0;
	if ((base = event_base_new()) == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		return -1;
	parent = peer_new(base, fds[0],
	    &(struct peer_id){ PROC_PARENT, PROC_BUILDER, 0, 1 }, &ops);
	child = peer_new(base, fds[1],
	    &(struct peer_id){ PROC_BUILDER, PROC_PARENT, 0, 1 }, &ops);
	return parent == NULL || child == NULL ? -1 : 0;
}

static int
tear_down(void **unused)
{
	(void)unused;
	peer_free(parent);
	peer_free(child);
	event_base_free(base);
	return 0;
}

static void
ping(uint64_t n)
{
	struct msg_ping m = { n };

	assert_int_equal(peer_send(parent, MSG_PING, &m, sizeof(m)), 0);
}

/* Turns of the loop until nothing more happens. */
static void
settle(void)
{
	uint64_t before;
	size_t idle = 0;

	while (idle < 4) {
		before = pings + downs;
		event_base_loop(base, EVLOOP_NONBLOCK);
		idle = pings + downs == before ? idle + 1 : 0;
	}
}

static void
a_flood_arrives_in_order(void **unused)
{
	uint64_t i;

	(void)unused;
	for (i = 0; i < FLOOD; i++) {
		if (peer_queued(parent) > FRAME_QUEUE_MAX / 2)
			settle();
		ping(i);
	}
	settle();
	assert_int_equal(pings, FLOOD);
	assert_int_equal(downs, 0);
	ping(FLOOD);
	settle();
	assert_int_equal(pings, FLOOD + 1);
}

/* What is read ahead is bounded: the rest stays with its sender. */
static void
no_more_is_read_than_handled(void **unused)
{
	uint64_t between, i;
	int turn;

	(void)unused;
	for (i = 0; peer_queued(parent) < FRAME_QUEUE_MAX - 65536; i++)
		ping(i);
	for (turn = 0; turn < TURNS; turn++)
		event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	assert_in_range(pings, 1, i - 1);
	/* Neither queued by the sender nor handled. */
	between = (i - pings) * FRAME_LEN - peer_queued(parent);
	assert_in_range(between, 0, 65536 + 262144);
	settle();
	assert_int_equal(pings, i);
}

static void
a_peer_that_does_not_read_is_bad(void **unused)
{
	struct msg_ping m = { 0 };

	(void)unused;
	while (peer_send(parent, MSG_PING, &m, sizeof(m)) == 0)
		m.number++;
	assert_true(m.number * FRAME_LEN > FRAME_QUEUE_MAX / 2);
	assert_int_equal(peer_send(parent, MSG_PING, &m, sizeof(m)), -1);
	assert_int_equal(downs, 0);
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	assert_null(parent);
	assert_int_equal(why, MSG_EQUEUE);
}

static void
a_bad_frame_ends_the_edge(void **unused)
{
	struct msg_build b = { 1, 1, 1, 1 };

	(void)unused;
	ping(0);
	assert_int_equal(peer_send(parent, MSG_BUILD_GO, &b, sizeof(b)), 0);
	ping(1);
	settle();
	assert_int_equal(pings, 1);
	assert_null(child);
	assert_null(parent);
	assert_int_equal(downs, 2);
}

static void
nobody_is_nobody_to_talk_to(void **unused)
{
	struct msg_ping m = { 0 };

	(void)unused;
	assert_int_equal(peer_send(NULL, MSG_PING, &m, sizeof(m)), -1);
	assert_int_equal(peer_queued(NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flood_arrives_in_order),
		TEST(no_more_is_read_than_handled),
		TEST(a_peer_that_does_not_read_is_bad),
		TEST(a_bad_frame_ends_the_edge),
		TEST(nobody_is_nobody_to_talk_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
