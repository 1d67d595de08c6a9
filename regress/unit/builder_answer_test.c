#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer.h"
#include "json.h"
#include "pull.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA "sha256:" HEX

static void
a_container_is_read(void **unused)
{
	static const char body[] =
	    "{\"Id\":\"" HEX "\",\"Image\":\"" SHA "\",\"RestartCount\":3,"
	    "\"State\":{\"Status\":\"running\",\"Running\":true,\"Pid\":77,"
	    "\"OOMKilled\":false,\"ExitCode\":0,"
	    "\"StartedAt\":\"2026-11-20T07:47:08.210531776Z\","
	    "\"Health\":{\"Status\":\"healthy\"}},"
	    "\"Config\":{\"Labels\":{\"cid.instance\":\"i\","
	    "\"cid.kind\":\"slot\",\"cid.slot\":\"green\","
	    "\"cid.environment_id\":\"4\",\"cid.release\":\"9\"}},"
	    "\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"unless-stopped\"}},"
	    "\"NetworkSettings\":{\"Ports\":{\"8080/tcp\":[{\"HostIp\":"
	    "\"127.0.0.1\",\"HostPort\":\"9011\"}],\"9/tcp\":null},"
	    "\"Networks\":{\"n\":{\"IPAddress\":\"10.213.0.3\"}}}}";
	struct answer_container c;

	(void)unused;
	assert_int_equal(answer_container(body, strlen(body), "i", &c), 0);
	assert_string_equal(c.id, HEX);
	assert_int_equal(c.state, CONTAINER_RUNNING);
	assert_int_equal(c.restarts, 3);
	assert_int_equal(c.pid, 77);
	assert_int_equal(c.started_ms, 1795160828210);
	assert_int_equal(c.health, 2);
	assert_int_equal(c.published, 9011);
	assert_int_equal(c.address, 0x0ad50003);
	assert_int_equal(c.restarts_itself, 1);
	assert_int_equal(c.label.kind, LABEL_SLOT);
	assert_int_equal(c.label.slot, 1);
	assert_int_equal(c.label.env_id, 4);
	assert_int_equal(c.label.release_id, 9);
	assert_int_equal(answer_container(body, strlen(body), "j", &c), 0);
	assert_int_equal(c.label.kind, LABEL_OTHER);
}

static void
a_lie_costs_the_answer_not_us(void **unused)
{
	static const char *const bad[] = { "", "{", "[]", "null", "1", "{}",
		"{\"Id\":1}", "{\"Id\":\"../../x\",\"Image\":\"" SHA "\"}",
		"{\"Id\":\"" HEX "0\",\"Image\":\"" SHA "\"}",
		"{\"Id\":\"" HEX "\",\"Image\":{}}" };
	static const char odd[] =
	    "{\"Id\":\"" HEX "\",\"Image\":\"" SHA "\",\"RestartCount\":-3,"
	    "\"State\":[],\"Config\":{\"Labels\":[1]},"
	    "\"NetworkSettings\":{\"Ports\":[],\"Networks\":7}}";
	struct answer_container c;
	struct answer_image im;
	char id[ANSWER_ID_MAX];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(answer_container(bad[i], strlen(bad[i]), "i",
				     &c),
		    -1);
		assert_int_equal(answer_digest(bad[i], strlen(bad[i]), id), -1);
	}
	assert_int_equal(answer_image("{\"Id\":[]}", 9, &im), -1);
	assert_int_equal(answer_container(odd, strlen(odd), "i", &c), 0);
	assert_int_equal(c.restarts, 0);
	assert_int_equal(c.published, 0);
	assert_int_equal(c.label.kind, LABEL_OTHER);
}

static void
an_image_of_cid_is_known(void **unused)
{
	static const char ours[] =
	    "{\"Id\":\"" SHA "\",\"RepoDigests\":[\"a@" SHA "\"],\"Config\":{"
	    "\"Labels\":{\"cid.instance\":\"other\"},\"ExposedPorts\":{"
	    "\"80/tcp\":{},\"443/tcp\":{}},\"Healthcheck\":{\"Test\":[\"CMD\","
	    "\"x\"]}}}";
	static const char local[] =
	    "{\"Id\":\"" SHA "\",\"RepoTags\":[\"bb:1\"],\"RepoDigests\":[],"
	    "\"Config\":{\"ExposedPorts\":{\"53/udp\":{},\"8080/tcp\":{}},"
	    "\"Labels\":null,\"Healthcheck\":{\"Test\":[\"NONE\"]}}}";
	struct answer_image im;

	(void)unused;
	assert_int_equal(answer_image(ours, strlen(ours), &im), 0);
	assert_int_equal(im.is_ours, 1);
	assert_int_equal(im.is_local, 0);
	assert_int_equal(im.port, 0);
	assert_int_equal(im.has_healthcheck, 1);
	assert_int_equal(answer_image(local, strlen(local), &im), 0);
	assert_int_equal(im.is_ours, 0);
	assert_int_equal(im.is_local, 1);
	assert_int_equal(im.port, 8080);
	assert_int_equal(im.has_healthcheck, 0);
	assert_int_equal(answer_image_is_called(local, strlen(local), "bb:1"),
	    1);
	assert_int_equal(answer_image_is_called(local, strlen(local), "0123"),
	    0);
}

static void
pull_errors_are_told_apart(void **unused)
{
	static const struct {
		int status;
		const char *text;
		enum reason reason;
	} rows[] = {
		{ 404,
		    "manifest for x not found: manifest unknown: manifest "
		    "unknown",
		    REASON_IMAGE_MISSING },
		{ 404, "whatever", REASON_IMAGE_MISSING },
		{ 500, "Head \"http://r/v2/\": no basic auth credentials",
		    REASON_REGISTRY_REFUSED },
		{ 500, "unauthorized: authentication required",
		    REASON_REGISTRY_REFUSED },
		{ 404,
		    "pull access denied for x, repository does not exist or "
		    "may require 'docker login': denied: requested access "
		    "to the resource is denied",
		    REASON_REGISTRY_REFUSED },
		{ 500,
		    "Get \"http://127.0.0.1:9/v2/\": dial tcp 127.0.0.1:9: "
		    "connect: connection refused",
		    REASON_REGISTRY_UNREACHABLE },
		{ 500,
		    "Get \"https://registry-1.docker.io/v2/\": dial tcp: "
		    "lookup registry-1.docker.io: i/o timeout",
		    REASON_REGISTRY_UNREACHABLE },
		{ 0, "write /x: no space left on device", REASON_DISK_FULL },
		{ 500, "something else", REASON_ENGINE_ERROR },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(answer_pull_reason(rows[i].status,
				     rows[i].text),
		    rows[i].reason);
}

static void
start_errors_are_told_apart(void **unused)
{
	(void)unused;
	assert_int_equal(answer_start_reason(
			     "exec: \"nope\": executable file not found in "
			     "$PATH: unknown"),
	    REASON_COMMAND_NOT_FOUND);
	assert_int_equal(answer_start_reason("no space left on device"),
	    REASON_DISK_FULL);
	assert_int_equal(answer_start_reason("cannot start"),
	    REASON_ENGINE_ERROR);
}

static void
messages_fit_a_line(void **unused)
{
	char buf[16];

	(void)unused;
	answer_message("{\"message\":\"a\\nb\\u001bc\"}", 25, buf, sizeof(buf));
	assert_string_equal(buf, "a?b?c");
	answer_message("<html>", 6, buf, sizeof(buf));
	assert_string_equal(buf, "no reason given");
}

static void
take(struct pull *p, const char *doc, uint64_t now, int told, const char *want)
{
	struct json_object *o = json_read(doc, strlen(doc));
	char line[64] = "";

	assert_non_null(o);
	assert_int_equal(pull_take(p, o, now, line, sizeof(line)), told);
	assert_string_equal(line, want);
	json_free(o);
}

static void
a_pull_is_told_in_few_lines(void **unused)
{
	struct pull *p = calloc(1, sizeof(*p));
	uint64_t now;

	(void)unused;
	take(p, "{\"status\":\"Pulling fs layer\",\"id\":\"a\"}", 1000, 0, "");
	for (now = 1001; now < 2000; now++)
		take(p,
		    "{\"status\":\"Downloading\",\"id\":\"a\","
		    "\"progressDetail\":{\"current\":500000,\"total\":"
		    "2000000}}",
		    now, 0, "");
	take(p,
	    "{\"status\":\"Downloading\",\"id\":\"b\",\"progressDetail\":{"
	    "\"current\":1000000,\"total\":8000000}}",
	    3100, 1, "Pulled 1.5 of 10.0 MB.");
	take(p, "{\"status\":\"Verifying\"}", 3200, 0, "");
	assert_string_equal(p->error, "");
	take(p, "{\"error\":\"too bad\",\"errorDetail\":{}}", 9000, 0, "");
	assert_string_equal(p->error, "too bad");
	free(p);
}

static void
events_of_others_are_none(void **unused)
{
	static const char mine[] =
	    "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":"
	    "\"" HEX "\",\"Attributes\":{\"cid.instance\":\"i\",\"cid.kind\":"
	    "\"slot\",\"exitCode\":\"1\"}}}";
	struct json_object *o = json_read(mine, strlen(mine));
	struct answer_event e;

	(void)unused;
	assert_int_equal(answer_event(o, "i", &e), 0);
	assert_int_equal(e.is_gone, 0);
	assert_int_equal(e.label.kind, LABEL_SLOT);
	assert_int_equal(answer_event(o, "j", &e), -1);
	json_free(o);
}

static void
never_is_no_time(void **unused)
{
	(void)unused;
	assert_int_equal(answer_time("0001-01-01T00:00:00Z"), 0);
	assert_int_equal(answer_time(""), 0);
	assert_int_equal(answer_time("1970-01-01T00:00:01.5Z"), 1500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_read),
		cmocka_unit_test(a_lie_costs_the_answer_not_us),
		cmocka_unit_test(an_image_of_cid_is_known),
		cmocka_unit_test(pull_errors_are_told_apart),
		cmocka_unit_test(start_errors_are_told_apart),
		cmocka_unit_test(messages_fit_a_line),
		cmocka_unit_test(a_pull_is_told_in_few_lines),
		cmocka_unit_test(events_of_others_are_none),
		cmocka_unit_test(never_is_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
