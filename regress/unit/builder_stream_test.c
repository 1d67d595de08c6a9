#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "docker_call.h"
#include "docker_demux.h"
#include "docker_lines.h"
#include "imageref.h"
#include "json.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct outputs {
	char text[3][64];
	size_t len[3];
};

static void
on_piece(void *arg, unsigned int stream, const char *data, size_t len)
{
	struct outputs *o = arg;

	assert_true(stream == 1 || stream == 2);
	memcpy(o->text[stream] + o->len[stream], data, len);
	o->len[stream] += len;
}

static void
outputs_are_parted_whatever_the_pieces(void **unused)
{
	static const char in[] = "\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\0"
				 "\2\0\0\0\0\0\0\2er\1\0\0\0\0\0\0\4 two";
	size_t step, i, n, len = sizeof(in) - 1;
	struct docker_demux d;
	struct outputs o;

	(void)unused;
	for (step = 1; step <= len; step++) {
		memset(&d, 0, sizeof(d));
		memset(&o, 0, sizeof(o));
		for (i = 0; i < len; i += n) {
			n = step < len - i ? step : len - i;
			assert_int_equal(docker_demux(&d, in + i, n, on_piece,
					     &o),
			    0);
		}
		assert_string_equal(o.text[1], "one two");
		assert_string_equal(o.text[2], "er");
	}
}

static void
another_stream_is_refused(void **unused)
{
	struct docker_demux d;
	struct outputs o;

	(void)unused;
	memset(&d, 0, sizeof(d));
	assert_int_equal(docker_demux(&d, "HTTP/1.1", 8, on_piece, &o), -1);
	memset(&d, 0, sizeof(d));
	assert_int_equal(docker_demux(&d, "\3\0\0\0\0\0\0\1x", 9, on_piece, &o),
	    -1);
	memset(&d, 0, sizeof(d));
	assert_int_equal(docker_demux(&d, "\1\0\1\0\0\0\0\1x", 9, on_piece, &o),
	    -1);
}

static void
on_doc(void *arg, struct json_object *o)
{
	int64_t *sum = arg;

	*sum = *sum * 10 + json_number(o, "n");
}

static void
documents_are_parted_whatever_the_pieces(void **unused)
{
	static const char in[] =
	    "{\"n\":1}\r\n{\"n\":2}\nno json\n\n{\"n\":3}\n{\"n\":4";
	size_t step, i, n, len = sizeof(in) - 1;
	struct docker_lines l;
	int64_t sum;

	(void)unused;
	for (step = 1; step <= len; step++) {
		memset(&l, 0, sizeof(l));
		sum = 0;
		for (i = 0; i < len; i += n) {
			n = step < len - i ? step : len - i;
			docker_lines(&l, in + i, n, on_doc, &sum);
		}
		assert_int_equal(sum, 123);
		docker_lines_free(&l);
	}
}

static void
a_document_too_long_is_left_out(void **unused)
{
	size_t len = 3 * DOCKER_LINE_MAX;
	char *in = malloc(len);
	struct docker_lines l;
	int64_t sum = 0;
	size_t i;

	(void)unused;
	memset(in, ' ', len);
	in[len - 1] = '\n';
	memset(&l, 0, sizeof(l));
	for (i = 0; i < len; i += 1024)
		docker_lines(&l, in + i, 1024, on_doc, &sum);
	docker_lines(&l, "{\"n\":7}\n", 8, on_doc, &sum);
	assert_int_equal(sum, 7);
	docker_lines_free(&l);
	free(in);
}

static void
paths_are_built_from_checked_parts(void **unused)
{
	char buf[DOCKER_PATH_MAX];

	(void)unused;
	assert_int_equal(docker_call_path(DOCKER_CONTAINER_CREATE, "1.41",
			     "cid-1-build-2-3", NULL, buf),
	    0);
	assert_string_equal(buf,
	    "/v1.41/containers/create?name="
	    "cid-1-build-2-3");
	assert_int_equal(docker_call_path(DOCKER_VERSION, "", NULL, NULL, buf),
	    0);
	assert_string_equal(buf, "/version");
	assert_int_equal(docker_call_path(DOCKER_ARCHIVE_GET, "1.41", HEX,
			     "/output/a b&c=%#\xc3\xa4", buf),
	    0);
	assert_string_equal(buf,
	    "/v1.41/containers/" HEX "/archive?path=/output/a%20b%26c%3D%25%23"
	    "%C3%A4");
	assert_int_equal(docker_call_path(DOCKER_IMAGE_INSPECT, "1.41",
			     "127.0.0.1:5000/a/b:1@sha256:" HEX, NULL, buf),
	    0);
	assert_int_equal(docker_call_path(DOCKER_CONTAINERS, "1.41", NULL,
			     "{\"label\":[\"a=b\"]}", buf),
	    0);
	assert_string_equal(buf,
	    "/v1.41/containers/json?all=1&filters="
	    "%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
}

static void
other_parts_make_no_path(void **unused)
{
	static const char *const names[] = { "", "a/b", "../x", "a b", "-a",
		"a?b", "a%2fb", "a\n" };
	static const char *const paths[] = { "", "a", "/a/../b", "/..", "/a//b",
		"/./a" };
	char buf[DOCKER_PATH_MAX], *longest = malloc(DOCKER_PATH_MAX);
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(docker_call_path(DOCKER_CONTAINER_START, "",
				     names[i], NULL, buf),
		    -1);
	}
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(docker_call_path(DOCKER_ARCHIVE_GET, "", "a",
				     paths[i], buf),
		    -1);
	}
	assert_int_equal(docker_call_path(DOCKER_IMAGE_PULL, "", NULL, "A b",
			     buf),
	    -1);
	assert_int_equal(docker_call_path(DOCKER_CONTAINER_START, "", NULL,
			     NULL, buf),
	    -1);
	memset(longest, '{', DOCKER_PATH_MAX);
	longest[DOCKER_PATH_MAX - 1] = '\0';
	assert_int_equal(docker_call_path(DOCKER_EVENTS, "", NULL, longest,
			     buf),
	    -1);
	free(longest);
}

static void
check_ref(const char *in, const char *host, const char *full)
{
	struct imageref r;

	assert_int_equal(imageref_parse(in, &r), 0);
	assert_string_equal(r.host, host);
	assert_string_equal(r.full, full);
}

static void
references_are_as_the_engine_shows_them(void **unused)
{
	struct imageref r;

	(void)unused;
	check_ref("node", "docker.io", "node:latest");
	check_ref("node:18", "docker.io", "node:18");
	check_ref("library/node", "docker.io", "node:latest");
	check_ref("docker.io/library/node:18", "docker.io", "node:18");
	check_ref("index.docker.io/a/b", "docker.io", "a/b:latest");
	check_ref("ghcr.io/a/b:c", "ghcr.io", "ghcr.io/a/b:c");
	check_ref("localhost/a", "localhost", "localhost/a:latest");
	check_ref("127.0.0.1:5000/a/b", "127.0.0.1:5000",
	    "127.0.0.1:5000/a/b:latest");
	check_ref("a/b:c@sha256:" HEX, "docker.io", "a/b@sha256:" HEX);
	assert_int_equal(imageref_parse("sha256:" HEX, &r), -1);
	assert_int_equal(imageref_parse(HEX, &r), -1);
	assert_int_equal(imageref_parse("", &r), -1);
}

static void
a_credential_goes_to_its_registry_only(void **unused)
{
	struct imageref r;

	(void)unused;
	assert_int_equal(imageref_parse("ghcr.io/team/app:1", &r), 0);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.io"), 1);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.io/team"), 1);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.io/team/app"), 1);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.io/tea"), 0);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.io.evil"), 0);
	assert_int_equal(imageref_is_for(&r, "https://ghcr.i"), 0);
	assert_int_equal(imageref_is_for(&r, "http://ghcr.io"), 0);
	assert_int_equal(imageref_is_for(&r, ""), 0);
	assert_int_equal(imageref_parse("node", &r), 0);
	assert_int_equal(imageref_is_for(&r, "https://docker.io"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs_are_parted_whatever_the_pieces),
		cmocka_unit_test(another_stream_is_refused),
		cmocka_unit_test(documents_are_parted_whatever_the_pieces),
		cmocka_unit_test(a_document_too_long_is_left_out),
		cmocka_unit_test(paths_are_built_from_checked_parts),
		cmocka_unit_test(other_parts_make_no_path),
		cmocka_unit_test(references_are_as_the_engine_shows_them),
		cmocka_unit_test(a_credential_goes_to_its_registry_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
