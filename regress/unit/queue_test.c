#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "queue.h"

#define MANY 40
#define PROJECTS 5
#define ROUNDS 20000

static const char *const branches[] = { "main", "next" };

static struct queue_build
build(uint64_t project, uint64_t id)
{
	struct queue_build b = { .build_id = id,
		.project_id = project,
		.env_id = project,
		.branch = "main",
		.pushed = 1 };

	return b;
}

static void
a_project_builds_one_at_a_time_in_order(void **unused)
{
	struct queue_limit limit = { 9, 0 };
	struct queue_build b[] = { build(1, 10), build(1, 11), build(1, 12) };
	struct queue_answer a[3];

	(void)unused;
	assert_int_equal(queue_plan(&limit, b, 3, a), 0);
	assert_int_equal(a[0].verdict, QUEUE_STARTS);
	assert_int_equal(a[1].verdict, QUEUE_WAITS);
	assert_int_equal(a[1].position, 1);
	assert_int_equal(a[2].position, 2);
	b[0].running = 1;
	assert_int_equal(queue_plan(&limit, b, 3, a), 0);
	assert_int_equal(a[0].verdict, QUEUE_RUNS);
	assert_int_equal(a[1].verdict, QUEUE_WAITS);
}

static void
a_higher_priority_starts_before_an_older_build(void **unused)
{
	struct queue_limit limit = { 1, 0 };
	struct queue_build b[] = { build(1, 10), build(2, 11), build(3, 9) };
	struct queue_answer a[3];

	(void)unused;
	b[1].priority = 5;
	assert_int_equal(queue_plan(&limit, b, 3, a), 0);
	assert_int_equal(a[1].verdict, QUEUE_STARTS);
	assert_int_equal(a[2].position, 1);
	assert_int_equal(a[0].position, 2);
}

static void
nothing_starts_while_the_queue_is_stopped(void **unused)
{
	struct queue_limit limit = { 2, 1 };
	struct queue_build b[] = { build(1, 10) };
	struct queue_answer a[1];

	(void)unused;
	assert_int_equal(queue_plan(&limit, b, 1, a), 0);
	assert_int_equal(a[0].verdict, QUEUE_WAITS);
	assert_int_equal(a[0].position, 1);
}

static void
a_newer_push_takes_the_place_of_queued_ones(void **unused)
{
	struct queue_limit limit = { 2, 0 };
	struct queue_build b[] = { build(1, 10), build(1, 11), build(1, 12) };
	struct queue_answer a[3];

	(void)unused;
	b[0].running = 1;
	b[0].supersede = b[1].supersede = b[2].supersede = 1;
	assert_int_equal(queue_plan(&limit, b, 3, a), 0);
	assert_int_equal(a[0].verdict, QUEUE_RUNS);
	assert_int_equal(a[1].verdict, QUEUE_SUPERSEDED);
	assert_true(a[1].by == 12);
	assert_int_equal(a[2].position, 1);
}

static void
nothing_else_is_superseded(void **unused)
{
	struct queue_limit limit = { 0, 0 };
	struct queue_build b[2];
	struct queue_answer a[2];
	int i;

	(void)unused;
	for (i = 0; i < 6; i++) {
		b[0] = build(1, 10);
		b[1] = build(1, 11);
		b[0].supersede = b[1].supersede = 1;
		if (i == 0)
			b[0].supersede = b[1].supersede = 0;
		else if (i == 1)
			b[1].branch = "next";
		else if (i == 2)
			b[1].env_id = 99;
		else if (i == 3)
			b[1].pending = 1;
		else if (i == 4)
			b[1].pushed = 0;
		else
			b[0].pushed = 0;
		assert_int_equal(queue_plan(&limit, b, 2, a), 0);
		assert_int_equal(a[0].verdict, QUEUE_WAITS);
	}
}

/* The queue as the database would hold it, and what is to be true of it. */
struct model {
	struct queue_build b[MANY];
	struct queue_answer a[MANY];
	size_t len;
	uint64_t last[PROJECTS]; /* newest build that started */
	uint64_t next_id;
	struct queue_limit limit;
};

static uint32_t state = 1;

static uint32_t
draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static void
insert_build(struct model *m)
{
	struct queue_build b = build(draw(PROJECTS), ++m->next_id);
	size_t i = m->len;

	if (m->len == MANY)
		return;
	b.priority = draw(3);
	b.branch = branches[draw(2)];
	b.pushed = draw(4) != 0;
	b.pending = draw(5) == 0;
	b.supersede = b.project_id % 2;
	for (; i > 0 && m->b[i - 1].project_id > b.project_id; i--)
		m->b[i] = m->b[i - 1];
	m->b[i] = b;
	m->len++;
}

static void
remove_build(struct model *m, size_t i)
{
	memmove(&m->b[i], &m->b[i + 1], (m->len - i - 1) * sizeof(m->b[0]));
	m->len--;
}

static void
check_limits(const struct model *m)
{
	uint32_t all = 0, one[PROJECTS] = { 0 }, started = 0;
	size_t i;

	for (i = 0; i < m->len; i++) {
		if (m->a[i].verdict == QUEUE_STARTS)
			started++;
		if (m->a[i].verdict != QUEUE_RUNS &&
		    m->a[i].verdict != QUEUE_STARTS)
			continue;
		all++;
		assert_true(++one[m->b[i].project_id] == 1);
	}
	assert_true(started == 0 || all <= m->limit.parallel);
	assert_true(started == 0 || !m->limit.stopped);
}

static void
check_positions(const struct model *m)
{
	uint32_t seen[MANY + 1] = { 0 }, waiting = 0, pos;
	size_t i, j;

	for (i = 0; i < m->len; i++) {
		pos = m->a[i].position;
		assert_int_equal(pos != 0, m->a[i].verdict == QUEUE_WAITS);
		if (pos == 0)
			continue;
		waiting++;
		assert_true(pos <= m->len && seen[pos]++ == 0);
		for (j = 0; j < i; j++) {
			if (m->b[j].project_id == m->b[i].project_id)
				assert_true(m->a[j].position < pos);
		}
	}
	for (pos = 1; pos <= waiting; pos++)
		assert_int_equal(seen[pos], 1);
}

/* No place stays free while somebody could take it. */
static void
check_no_place_is_wasted(const struct model *m)
{
	int busy[PROJECTS] = { 0 };
	uint32_t all = 0;
	size_t i;

	for (i = 0; i < m->len; i++) {
		if (m->a[i].verdict == QUEUE_RUNS ||
		    m->a[i].verdict == QUEUE_STARTS) {
			busy[m->b[i].project_id] = 1;
			all++;
		}
	}
	if (m->limit.stopped || all >= m->limit.parallel)
		return;
	for (i = 0; i < m->len; i++) {
		if (m->a[i].verdict == QUEUE_WAITS)
			assert_true(busy[m->b[i].project_id]);
	}
}

static void
obey(struct model *m)
{
	size_t i;

	for (i = m->len; i-- > 0;) {
		if (m->a[i].verdict == QUEUE_SUPERSEDED) {
			assert_true(m->a[i].by > m->b[i].build_id);
			assert_false(m->b[i].running);
			remove_build(m, i);
		} else if (m->a[i].verdict == QUEUE_STARTS) {
			assert_true(
			    m->b[i].build_id > m->last[m->b[i].project_id]);
			m->last[m->b[i].project_id] = m->b[i].build_id;
			m->b[i].running = 1;
		}
	}
}

static void
any_sequence_keeps_order_and_limits(void **unused)
{
	static struct model m;
	size_t i;
	int round;

	(void)unused;
	m.limit.parallel = 2;
	for (round = 0; round < ROUNDS; round++) {
		m.limit.stopped = draw(10) == 0;
		if (draw(50) == 0)
			m.limit.parallel = draw(5);
		if (draw(2) == 0)
			insert_build(&m);
		i = m.len == 0 ? 0 : draw((uint32_t)m.len);
		if (m.len > 0 && (m.b[i].running || draw(9) == 0))
			remove_build(&m, i);
		assert_int_equal(queue_plan(&m.limit, m.b, m.len, m.a), 0);
		check_limits(&m);
		check_positions(&m);
		check_no_place_is_wasted(&m);
		obey(&m);
	}
	assert_true(m.next_id > ROUNDS / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_project_builds_one_at_a_time_in_order),
		cmocka_unit_test(
		    a_higher_priority_starts_before_an_older_build),
		cmocka_unit_test(nothing_starts_while_the_queue_is_stopped),
		cmocka_unit_test(a_newer_push_takes_the_place_of_queued_ones),
		cmocka_unit_test(nothing_else_is_superseded),
		cmocka_unit_test(any_sequence_keeps_order_and_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
