#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "msg_route.h"
#include "reason.h"

/* The rows again, for what holds of all of them. */
static const struct {
	enum proc from;
	enum proc to;
	size_t size;
	size_t tail;
	int fd;
} rows[MSG_MAX] = {
#define MSG(name, from, to, size, tail, fd) \
	[MSG_##name] = { PROC_##from, PROC_##to, size, tail, fd },
#include "msg.def"
#undef MSG
};

static _Alignas(8) uint8_t payload[MSG_LEN_MAX];

static void
a_row_names_its_only_sender(void **unused)
{
	struct msg_build b = { 1, 1, 1, 1 };
	struct msg m = { MSG_BUILD_START, sizeof(b), -1, &b };

	(void)unused;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_OK);
	assert_int_equal(msg_check(&m, PROC_EDGE, PROC_BUILDER), MSG_EPEER);
	assert_int_equal(msg_check(&m, PROC_BUILDER, PROC_API), MSG_EPEER);
	assert_int_equal(msg_check(&m, PROC_API, PROC_DEPLOYER), MSG_EPEER);
}

static void
child_stands_for_every_program_but_the_parent(void **unused)
{
	struct msg m = { MSG_START, 0, -1, NULL };
	enum proc p;

	(void)unused;
	for (p = PROC_EDGE; p < PROC_MAX; p++)
		assert_int_equal(msg_check(&m, PROC_PARENT, p), MSG_OK);
	assert_int_equal(msg_check(&m, PROC_PARENT, PROC_PARENT), MSG_EPEER);
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_EPEER);
	m.type = MSG_READY;
	assert_int_equal(msg_check(&m, PROC_GIT, PROC_PARENT), MSG_OK);
	assert_int_equal(msg_check(&m, PROC_GIT, PROC_BUILDER), MSG_EPEER);
}

static void
an_unknown_type_is_refused(void **unused)
{
	struct msg m = { MSG_MAX, 0, -1, NULL };

	(void)unused;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_ETYPE);
	m.type = UINT32_MAX;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_ETYPE);
	assert_string_equal(msg_name(UINT32_MAX), "unknown");
}

static void
a_short_or_long_frame_is_refused(void **unused)
{
	struct msg_build b = { 1, 1, 1, 1 };
	struct msg m = { MSG_BUILD_START, sizeof(b) - 1, -1, payload };

	(void)unused;
	memset(payload, 0, sizeof(payload));
	memcpy(payload, &b, sizeof(b));
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_ELEN);
	m.len = 0;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_ELEN);
	m.len = sizeof(b) + MSG_SPEC_MAX;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_OK);
	assert_int_equal(msg_tail(&m).len, MSG_SPEC_MAX);
	assert_ptr_equal(msg_tail(&m).data, payload + sizeof(b));
	m.len++;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_ELEN);
}

static void
a_missing_or_stray_descriptor_is_refused(void **unused)
{
	struct msg_build b = { 1, 1, 1, 1 };
	struct msg m = { MSG_BUILD_START, sizeof(b), 0, &b };

	(void)unused;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_EFD);
	m.type = MSG_ARTIFACT_READ;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_OK);
	m.fd = -1;
	assert_int_equal(msg_check(&m, PROC_API, PROC_BUILDER), MSG_EFD);
}

static void
only_rows_make_edges(void **unused)
{
	(void)unused;
	assert_true(msg_edge(PROC_API, PROC_BUILDER));
	assert_true(msg_edge(PROC_BUILDER, PROC_API));
	assert_true(msg_edge(PROC_DEPLOYER, PROC_EDGE));
	assert_true(msg_edge(PROC_PARENT, PROC_GIT));
	assert_false(msg_edge(PROC_EDGE, PROC_BUILDER));
	assert_false(msg_edge(PROC_EDGE, PROC_API));
	assert_false(msg_edge(PROC_ADMIN, PROC_API));
	assert_false(msg_edge(PROC_EDGE, PROC_ADMIN));
	assert_false(msg_edge(PROC_GIT, PROC_API));
	assert_false(msg_edge(PROC_EDGE, PROC_EDGE));
}

static void
every_row_fits_a_frame(void **unused)
{
	uint32_t t;

	(void)unused;
	for (t = 0; t < MSG_MAX; t++) {
		if (rows[t].size + rows[t].tail > MSG_LEN_MAX)
			fail_msg("%s", msg_name(t));
	}
}

static int
is_refused(uint32_t type, int byte)
{
	struct msg m = { type, rows[type].size, -1, payload };

	memset(payload, byte, m.len);
	return msg_check_value(&m) == MSG_EVALUE;
}

/* A struct without a check would let both through. */
static void
every_payload_has_its_check(void **unused)
{
	uint32_t t;

	(void)unused;
	for (t = 0; t < MSG_MAX; t++) {
		if (rows[t].size == 0 || t == MSG_PING || t == MSG_PONG ||
		    t == MSG_ROUTE_ACK)
			continue;
		if (!is_refused(t, 0xff) && !is_refused(t, 0))
			fail_msg("%s", msg_name(t));
	}
}

/* Each case is one good payload, and one word of it that is made bad. */
#define GOOD(tag, ...) (&(const struct tag){ __VA_ARGS__ }), sizeof(struct tag)
#define BAD(tag, field, value) offsetof(struct tag, field), value

#define POOL \
	{ \
		0x0ad50000, 16 \
	}
#define ENV .env_id = 1, .project_id = 1, .net = 2047, .slot = SLOT_GREEN
#define RELEASE .env_id = 1, .project_id = 1, .release_id = 1
#define ROUTE \
	.env_id = 1, .release_id = 1, .addr = 0x0ad50002, .port = 80, \
	.prefix = "/shop"

static const struct {
	enum msg_type type;
	const void *good;
	size_t len;
	size_t at; /* of a uint32_t */
	uint32_t bad;
} values[] = {
	{ MSG_CONF_EDGE, GOOD(msg_conf_edge, .pool = POOL),
	    BAD(msg_conf_edge, pool.bits, 28) },
	{ MSG_CONF_EDGE, GOOD(msg_conf_edge, .pool = POOL),
	    BAD(msg_conf_edge, pool.bits, 7) },
	{ MSG_CONF_EDGE, GOOD(msg_conf_edge, .pool = POOL),
	    BAD(msg_conf_edge, pool.net, 0x0ad50001) },
	{ MSG_CONF_API, GOOD(msg_conf_api, .pool = POOL, .firewall = 1),
	    BAD(msg_conf_api, firewall, 2) },
	{ MSG_CONF_API, GOOD(msg_conf_api, .pool = POOL),
	    BAD(msg_conf_api, port_limit, 65536) },
	{ MSG_CONF_BUILDER,
	    GOOD(msg_conf_builder, .pool = POOL,
		.registries_len = CONF_LIST_MAX),
	    BAD(msg_conf_builder, registries_len, CONF_LIST_MAX + 1) },
	{ MSG_CONF_GIT, GOOD(msg_conf_git, .project_id = 1),
	    BAD(msg_conf_git, project_id, 0) },
	{ MSG_CONF_GIT,
	    GOOD(msg_conf_git, .project_id = 1, .local_len = CONF_LIST_MAX),
	    BAD(msg_conf_git, local_len, CONF_LIST_MAX + 1) },
	{ MSG_CONF_GIT,
	    GOOD(msg_conf_git, .project_id = 1, .allow_len = CONF_LIST_MAX),
	    BAD(msg_conf_git, allow_len, CONF_LIST_MAX + 1) },
	{ MSG_CONF_DEPLOYER, GOOD(msg_conf_deployer, .pool = POOL),
	    BAD(msg_conf_deployer, pool.bits, 0) },
	{ MSG_LISTENER_EDGE, GOOD(msg_listener, .kind = 0),
	    BAD(msg_listener, kind, LISTENER_MAX) },
	{ MSG_PEER_NEW, GOOD(msg_peer_new, .proc = PROC_DEPLOYER),
	    BAD(msg_peer_new, proc, PROC_MAX) },
	{ MSG_PEER_BAD, GOOD(msg_peer_bad, .type = UINT32_MAX),
	    BAD(msg_peer_bad, error, MSG_EQUEUE + 1) },

	{ MSG_BUILD_GO, GOOD(msg_build, 1, 1, 1, 1),
	    BAD(msg_build, build_id, 0) },
	{ MSG_BUILD_GO, GOOD(msg_build, 1, 1, 1, 1),
	    BAD(msg_build, project_id, 0) },
	{ MSG_BUILD_STAGE, GOOD(msg_build_stage, .build = { 1, 1, 1, 1 }),
	    BAD(msg_build_stage, stage, STAGE_MAX) },
	{ MSG_BUILD_STAGE, GOOD(msg_build_stage, .build = { 1, 1, 1, 1 }),
	    BAD(msg_build_stage, state, STAGE_STATES) },
	{ MSG_BUILD_DONE, GOOD(msg_build_end, .build = { 1, 1, 1, 1 }),
	    BAD(msg_build_end, result, BUILD_RESULTS) },
	{ MSG_BUILD_DONE, GOOD(msg_build_end, .build = { 1, 1, 1, 1 }),
	    BAD(msg_build_end, reason, REASON_MAX) },
	{ MSG_BUILD_DONE, GOOD(msg_build_end, .build = { 1, 1, 1, 1 }),
	    BAD(msg_build_end, zero, 1) },
	{ MSG_LOG_GREW, GOOD(msg_log_grew, .build = { 1, 1, 1, 1 }),
	    BAD(msg_log_grew, ended, 2) },
	{ MSG_PROJECT_REMOVE, GOOD(msg_project, 1),
	    BAD(msg_project, project_id, 0) },
	{ MSG_ENGINE_STATE, GOOD(msg_engine, 1, 0), BAD(msg_engine, up, 2) },
	{ MSG_GIT_START, GOOD(msg_git_start, 1, 1, 0),
	    BAD(msg_git_start, project_id, 0) },
	{ MSG_GIT_DONE, GOOD(msg_git_done, .ok = 1), BAD(msg_git_done, ok, 2) },

	{ MSG_RELEASE_WANT, GOOD(msg_env, ENV), BAD(msg_env, slot, SLOTS) },
	{ MSG_RELEASE_WANT, GOOD(msg_env, ENV), BAD(msg_env, env_id, 0) },
	{ MSG_RELEASE_WANT, GOOD(msg_env, ENV), BAD(msg_env, net, 1 << 19) },
	{ MSG_CONTAINER_START, GOOD(msg_env, ENV, .release_id = 1),
	    BAD(msg_env, release_id, 0) },
	{ MSG_RELEASE_SYNC, GOOD(msg_release_sync, 0, RECONCILE_PURGE),
	    BAD(msg_release_sync, mode, RECONCILE_MODES) },
	{ MSG_RELEASE_FAILED, GOOD(msg_release, RELEASE),
	    BAD(msg_release, slot, SLOTS) },
	{ MSG_RELEASE_FAILED, GOOD(msg_release, RELEASE),
	    BAD(msg_release, reason, REASON_MAX) },
	{ MSG_RELEASE_FAILED, GOOD(msg_release, RELEASE),
	    BAD(msg_release, release_id, 0) },
	{ MSG_RELEASE_TRY,
	    GOOD(msg_release_try, .release = { RELEASE }, .attempt = 1),
	    BAD(msg_release_try, http_status, 1000) },
	{ MSG_RELEASE_TRY,
	    GOOD(msg_release_try, .release = { RELEASE }, .attempt = 1),
	    BAD(msg_release_try, attempt, 0) },
	{ MSG_CONTAINER_IS, GOOD(msg_container, .env_id = 1, .project_id = 1),
	    BAD(msg_container, state, CONTAINER_STATES) },
	{ MSG_CONTAINER_IS, GOOD(msg_container, .env_id = 1, .project_id = 1),
	    BAD(msg_container, published, 65536) },
	{ MSG_CONTAINER_IS, GOOD(msg_container, .env_id = 1, .project_id = 1),
	    BAD(msg_container, healthcheck, 4) },
	{ MSG_CONTAINER_STOP, GOOD(msg_container_stop, .env = { ENV }),
	    BAD(msg_container_stop, remove, 2) },

	{ MSG_ROUTE_SET, GOOD(msg_route, ROUTE),
	    BAD(msg_route, state, ROUTE_STATES) },
	{ MSG_ROUTE_SET, GOOD(msg_route, ROUTE), BAD(msg_route, port, 0) },
	{ MSG_ROUTE_SET, GOOD(msg_route, ROUTE), BAD(msg_route, port, 65536) },
	{ MSG_ROUTE_SET, GOOD(msg_route, ROUTE), BAD(msg_route, addr, 0) },
	{ MSG_ROUTE_SET, GOOD(msg_route, ROUTE), BAD(msg_route, prefix, 0) },
	{ MSG_ROUTE_DEL, GOOD(msg_route, .env_id = 1, .prefix = "/shop"),
	    BAD(msg_route, prefix, 0x00002f2f /* "//" */) },
	{ MSG_ROUTE_DRAINED,
	    GOOD(msg_route_drained, .env_id = 1, .release_id = 1),
	    BAD(msg_route_drained, slot, SLOTS) },
	{ MSG_ROUTE_LOAD, GOOD(msg_route_load, 1, 0, 0),
	    BAD(msg_route_load, draining, 1) },
};

static void
one_bad_value_is_enough(void **unused)
{
	struct msg m = { 0, 0, -1, payload };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		m.type = values[i].type;
		m.len = values[i].len;
		assert_int_equal(m.len, rows[m.type].size);
		memcpy(payload, values[i].good, m.len);
		if (msg_check_value(&m) != MSG_OK)
			fail_msg("%s (%zu)", msg_name(m.type), i);
		memcpy(payload + values[i].at, &values[i].bad,
		    sizeof(values[i].bad));
		if (msg_check_value(&m) != MSG_EVALUE)
			fail_msg("%s at %zu", msg_name(m.type), values[i].at);
	}
}

static void
strings_end_within_their_arrays(void **unused)
{
	struct msg_route r = { ROUTE };
	struct msg_conf_git git = { .project_id = 1 };
	struct msg m = { MSG_ROUTE_SET, sizeof(r), -1, &r };

	(void)unused;
	memset(r.host, 'a', sizeof(r.host));
	assert_int_equal(msg_check_value(&m), MSG_EVALUE);
	r.host[sizeof(r.host) - 1] = '\0';
	assert_int_equal(msg_check_value(&m), MSG_OK);
	memset(r.prefix, '/', sizeof(r.prefix));
	assert_int_equal(msg_check_value(&m), MSG_EVALUE);
	m.type = MSG_CONF_GIT;
	m.data = &git;
	assert_int_equal(msg_check_value(&m), MSG_OK);
	memset(git.local[15], 'a', sizeof(git.local[15]));
	assert_int_equal(msg_check_value(&m), MSG_EVALUE);
	git.local[15][0] = '\0';
	memset(git.allow[3].host, 'a', sizeof(git.allow[3].host));
	assert_int_equal(msg_check_value(&m), MSG_EVALUE);
}

static void
a_prefix_is_empty_or_a_path(void **unused)
{
	static const char *const bad[] = { "/", "shop", "/shop/" };
	struct msg_route r = { ROUTE };
	struct msg m = { MSG_ROUTE_SET, sizeof(r), -1, &r };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strlcpy(r.prefix, bad[i], sizeof(r.prefix));
		assert_int_equal(msg_check_value(&m), MSG_EVALUE);
	}
	r.prefix[0] = '\0';
	assert_int_equal(msg_check_value(&m), MSG_EVALUE);
	strlcpy(r.host, "shop.example", sizeof(r.host));
	assert_int_equal(msg_check_value(&m), MSG_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_names_its_only_sender),
		cmocka_unit_test(child_stands_for_every_program_but_the_parent),
		cmocka_unit_test(an_unknown_type_is_refused),
		cmocka_unit_test(a_short_or_long_frame_is_refused),
		cmocka_unit_test(a_missing_or_stray_descriptor_is_refused),
		cmocka_unit_test(only_rows_make_edges),
		cmocka_unit_test(every_row_fits_a_frame),
		cmocka_unit_test(every_payload_has_its_check),
		cmocka_unit_test(one_bad_value_is_enough),
		cmocka_unit_test(strings_end_within_their_arrays),
		cmocka_unit_test(a_prefix_is_empty_or_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
