/*
 * An engine that says anything: its answers, streams and archives are read
 * in pieces of any size.  What comes out must be within its bounds.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "docker_call.h"
#include "docker_demux.h"
#include "docker_lines.h"
#include "imageref.h"
#include "label.h"
#include "ports.h"
#include "pull.h"
#include "tar.h"
#include "template_network.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

/* Memory that ends where the bytes do. */
static char *
copy(const char *data, size_t len)
{
	char *p = malloc(len > 0 ? len : 1);

	must(p != NULL);
	memcpy(p, data, len);
	return p;
}

static void
read_answers(const char *data, size_t len)
{
	struct template_network net;
	struct answer_container c;
	struct answer_image im;
	char text[64], id[ANSWER_ID_MAX];

	if (answer_container(data, len, "i", &c) == 0) {
		must(docker_call_is_id(c.id) && docker_call_is_id(c.image));
		must(c.state < CONTAINER_STATES && c.health < 4);
		must(c.published <= UINT16_MAX && c.label.port <= UINT16_MAX);
		must(c.label.kind < LABEL_KINDS && c.label.slot < 2);
	}
	if (answer_image(data, len, &im) == 0)
		must(im.port <= UINT16_MAX);
	if (answer_id(data, len, id) == 0)
		must(docker_call_is_id(id));
	answer_digest(data, len, id);
	answer_image_is_called(data, len, "bb:1");
	answer_message(data, len, text, sizeof(text));
	must(strlen(text) < sizeof(text));
	memset(&net, 0, sizeof(net));
	net.base = 1;
	template_is_network(&net, data, len);
}

static void
on_piece(void *arg, unsigned int stream, const char *data, size_t len)
{
	size_t *sum = arg;

	must(stream == 1 || stream == 2);
	must(len > 0 && data != NULL);
	*sum += len;
}

static void
on_doc(void *arg, struct json_object *o)
{
	struct answer_event e;
	char line[64];

	pull_take(arg, o, 1000, line, sizeof(line));
	if (answer_event(o, "i", &e) == 0)
		must(docker_call_is_id(e.id));
}

static int
on_entry(void *arg, const struct tar_entry *e)
{
	int64_t *left = arg;

	must(e->size >= 0 && memchr(e->path, '\0', sizeof(e->path)) != NULL);
	*left = e->size;
	return 1;
}

static void
on_content(void *arg, const char *data, size_t len)
{
	int64_t *left = arg;

	must(data != NULL && (int64_t)len <= *left);
	*left -= (int64_t)len;
}

static void
read_streams(const char *data, size_t len, size_t step)
{
	static struct docker_demux demux;
	static struct docker_lines lines;
	static struct pull pull;
	static struct tar tar;
	int64_t left = 0;
	struct tar_to to = { on_entry, on_content, &left };
	int demux_ok = 1, tar_ok = 1;
	size_t n, sum = 0, all = len;
	char *piece;

	memset(&demux, 0, sizeof(demux));
	memset(&lines, 0, sizeof(lines));
	memset(&pull, 0, sizeof(pull));
	memset(&tar, 0, sizeof(tar));
	for (; len > 0; data += n, len -= n) {
		n = step < len ? step : len;
		piece = copy(data, n);
		demux_ok = demux_ok &&
		    docker_demux(&demux, piece, n, on_piece, &sum) == 0;
		tar_ok = tar_ok && tar_walk(&tar, &to, piece, n) == 0;
		docker_lines(&lines, piece, n, on_doc, &pull);
		free(piece);
	}
	must(sum <= all);
	docker_lines_free(&lines);
	tar_free(&tar);
}

static void
read_texts(const char *data, size_t len)
{
	struct imageref r;
	struct ports p;
	char *s = copy(data, len + 1), buf[64];

	s[len] = '\0';
	memset(&p, 0, sizeof(p));
	ports_add(&p, s, len);
	must(p.len <= PORTS_MAX);
	ports_print(&p, buf, sizeof(buf));
	if (imageref_parse(s, &r) == 0)
		must(r.name[0] != '\0' && r.full[0] != '\0');
	answer_time(s);
	answer_pull_reason(500, s);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *body;

	if (size < 2)
		return 0;
	body = copy((const char *)data + 1, size - 1);
	read_answers(body, size - 1);
	read_streams(body, size - 1, (size_t)data[0] * 7 + 1);
	free(body);
	body = malloc(size);
	must(body != NULL);
	memcpy(body, data + 1, size - 1);
	body[size - 1] = '\0';
	read_texts(body, size - 1);
	free(body);
	return 0;
}
