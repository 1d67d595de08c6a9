#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "msg_route.h"
#include "route_diff.h"

static struct msg_route
route(const char *host, const char *prefix, uint64_t release)
{
	struct msg_route r;

	memset(&r, 0, sizeof(r));
	r.env_id = 1;
	r.release_id = release;
	r.addr = 0x0ad50002;
	r.port = 8080;
	strlcpy(r.host, host, sizeof(r.host));
	strlcpy(r.prefix, prefix, sizeof(r.prefix));
	return r;
}

static void
what_is_the_same_stays(void **unused)
{
	struct msg_route have[2] = { route("", "/a", 1), route("a", "", 1) };
	struct msg_route want[2] = { route("a", "", 1), route("", "/a", 1) };
	struct route_step steps[4];

	(void)unused;
	have[0].generation = 77;
	assert_int_equal(route_diff(have, 2, want, 2, steps), 0);
	assert_int_equal(route_diff(NULL, 0, NULL, 0, steps), 0);
}

static void
a_switch_sets_every_name(void **unused)
{
	struct msg_route have[2] = { route("", "/a", 1), route("a", "", 1) };
	struct msg_route want[2] = { route("", "/a", 2), route("a", "", 2) };
	struct route_step steps[4];

	(void)unused;
	assert_int_equal(route_diff(have, 2, want, 2, steps), 2);
	assert_true(steps[0].is_set && steps[0].i == 0);
	assert_true(steps[1].is_set && steps[1].i == 1);
}

static void
a_new_name_comes_before_the_old_one_goes(void **unused)
{
	struct msg_route have[2] = { route("", "/a", 1), route("old", "", 1) };
	struct msg_route want[2] = { route("", "/a", 1), route("new", "", 1) };
	struct route_step steps[4];

	(void)unused;
	assert_int_equal(route_diff(have, 2, want, 2, steps), 2);
	assert_true(steps[0].is_set && steps[0].i == 1);
	assert_true(!steps[1].is_set && steps[1].i == 1);
}

static void
all_go_when_none_is_wanted(void **unused)
{
	struct msg_route have[2] = { route("", "/a", 1), route("a", "", 1) };
	struct route_step steps[4];

	(void)unused;
	assert_int_equal(route_diff(have, 2, NULL, 0, steps), 2);
	assert_true(!steps[0].is_set && !steps[1].is_set);
}

/* Every field of a route but its generation counts. */
static void
each_difference_is_seen(void **unused)
{
	struct msg_route have = route("a", "/b", 1), want[8];
	struct route_step steps[2];
	size_t i;

	(void)unused;
	for (i = 0; i < 8; i++)
		want[i] = have;
	want[0].env_id++;
	want[1].release_id++;
	want[2].body_max++;
	want[3].state++;
	want[4].slot++;
	want[5].addr++;
	want[6].port++;
	want[7].drain_ms++;
	for (i = 0; i < 8; i++)
		assert_int_equal(route_diff(&have, 1, &want[i], 1, steps), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_same_stays),
		cmocka_unit_test(a_switch_sets_every_name),
		cmocka_unit_test(a_new_name_comes_before_the_old_one_goes),
		cmocka_unit_test(all_go_when_none_is_wanted),
		cmocka_unit_test(each_difference_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
