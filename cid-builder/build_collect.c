/*
 * After the command: how did it end, what did it leave in /output, what is
 * to be said about it.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <event2/event.h>

#include "answer.h"
#include "build.h"
#include "build_collect.h"
#include "build_state.h"
#include "conf.h"
#include "docker.h"
#include "engine.h"
#include "log.h"
#include "logfile.h"
#include "msg_conf.h"
#include "schema.h"
#include "verdict.h"

#define EXIT_KILLED 137
#define OOM_LATE_MS 250
#define COUNT_MAX (64L * 1024 * 1024) /* bytes of a tar; the rest is not told */

static void
fail(struct build *b, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	if (reason != REASON_ENGINE_DOWN)
		build_fail(b, reason, text);
}

/* Write down what came of the build. */
void
build_result(struct build *b, int has_output)
{
	struct spec_result r;
	char *doc;
	size_t len;

	if (!has_output && b->spec.build_type == BUILD_COMMAND &&
	    b->spec.runtime_image[0] != '\0') {
		build_fail(b, REASON_OUTPUT_EMPTY, "");
		return;
	}
	memset(&r, 0, sizeof(r));
	strlcpy(r.image, b->image_is.ref, sizeof(r.image));
	strlcpy(r.runtime_image, b->runtime_is.ref, sizeof(r.runtime_image));
	r.port = b->runtime_is.info.port;
	r.has_healthcheck = b->runtime_is.info.has_healthcheck;
	r.has_output = has_output;
	r.output_bytes = b->output_bytes;
	if ((doc = schema_print(&spec_result_schema, &r, &len)) == NULL)
		fatal("build");
	b->keep_output = has_output;
	build_succeed(b, doc, len);
	free(doc);
}

/* The directory itself comes first. */
static int
on_entry(void *arg, const struct tar_entry *e)
{
	struct build *b = arg;

	if (e->type != TAR_DIRECTORY || strcmp(e->path, "output/") != 0)
		b->output_entries++;
	if (e->type == TAR_FILE)
		b->output_bytes += e->size;
	return 0;
}

static void
counted(struct build *b)
{
	tar_free(&b->tar);
	build_result(b, b->output_entries > 0);
}

static void
on_output(void *arg, const char *data, size_t len)
{
	struct build *b = arg;
	struct tar_to to = { on_entry, NULL, b };

	b->output_read += (int64_t)len;
	if (tar_walk(&b->tar, &to, data, len) == -1) {
		build_fail(b, REASON_ENGINE_ERROR, "/output can't be read");
		return;
	}
	if (b->output_read < COUNT_MAX)
		return;
	docker_cancel(b->req);
	b->req = NULL;
	b->output_bytes = 0; /* more than is worth counting now */
	counted(b);
}

static void
on_output_done(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->req = NULL;
	if (a->error == DOCKER_OK && a->status == 200)
		counted(b);
	else
		fail(b, a);
}

static const struct docker_ops output_ops = { .done = on_output_done,
	.data = on_output };

static void
read_output(struct build *b)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_ARCHIVE_GET);

	memset(&b->tar, 0, sizeof(b->tar));
	b->output_entries = b->output_bytes = b->output_read = 0;
	ask.a = b->name;
	ask.b = "/output";
	b->req = docker_start(&ask, &output_ops, b);
}

static enum reason
judge(const struct build *b)
{
	struct verdict v;

	memset(&v, 0, sizeof(v));
	v.exit_code = b->exit_code;
	v.oom = b->oom;
	v.timed_out = b->timed_out;
	v.kept = engine_kept_containers();
	v.resumed = b->resumed;
	v.resumed_after_engine = b->resumed_after_engine;
	return verdict(&v);
}

/* All that can be known of the end is known. */
void
build_collect_judge(struct build *b)
{
	enum reason reason = judge(b);

	b->oom_awaited = 0;
	if (logfile_dropped(b->log) > 0)
		logfile_say(b->log, "%llu bytes of output were not kept.",
		    (unsigned long long)logfile_dropped(b->log));
	if (reason == REASON_COMMAND_FAILED && b->exit_code == EXIT_KILLED)
		logfile_say(b->log,
		    "Something killed it; it may have used "
		    "more memory than allowed.");
	if (reason == REASON_NONE)
		read_output(b);
	else if (reason == VERDICT_LOST)
		build_lose(b);
	else
		build_fail_exit(b, reason, b->exit_code);
}

/* The engine may say what killed it after saying that it ended. */
static void
await_oom(struct build *b)
{
	static const struct timeval tv = { 0, OOM_LATE_MS * 1000L };

	b->oom_awaited = 1;
	event_add(b->timer, &tv);
}

static void
on_inspected(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;
	struct answer_container c;

	b->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		fail(b, a);
		return;
	}
	if (answer_container(a->body, a->len, conf()->instance, &c) == -1 ||
	    c.state == CONTAINER_RUNNING) {
		build_fail(b, REASON_ENGINE_ERROR,
		    "the container's end can't be read");
		return;
	}
	b->exit_code = c.exit_code;
	b->oom |= c.oom;
	if (b->exit_code == EXIT_KILLED && !b->oom && !b->timed_out)
		await_oom(b);
	else
		build_collect_judge(b);
}

static const struct docker_ops inspected_ops = { .done = on_inspected };

/*
 * Begin.  An engine that is being stopped ends containers while it still
 * answers on old connections; a new one tells.
 */
void
build_collect(struct build *b)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_INSPECT);

	docker_close_idle();
	ask.a = b->name;
	docker_cancel(b->req);
	b->req = docker_start(&ask, &inspected_ops, b);
}
