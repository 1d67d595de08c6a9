/*
 * Starts a build's container and writes down what it says.  The engine is
 * listened to before the start, so that nothing is missed; what an earlier
 * builder wrote down is skipped.
 */

#include <errno.h>
#include <string.h>

#include "answer.h"
#include "build.h"
#include "build_collect.h"
#include "build_run.h"
#include "build_state.h"
#include "clock.h"
#include "docker.h"
#include "log.h"
#include "logfile.h"
#include "logindex.h"
#include "source.h"

#define START_TIMEOUT_S 120

static void
on_stdout(void *arg, const char *line, size_t len, uint64_t consumed)
{
	struct build *b = arg;

	logfile_line(b->log, LINE_STDOUT, line, len, consumed);
}

static void
on_stderr(void *arg, const char *line, size_t len, uint64_t consumed)
{
	struct build *b = arg;

	logfile_line(b->log, LINE_STDERR, line, len, consumed);
}

static struct linebuf_to
lines_to(struct build *b, unsigned int which)
{
	struct linebuf_to to = { which == 0 ? on_stdout : on_stderr, b,
		logfile_hides(b->log) };

	return to;
}

static void
feed(struct build *b, unsigned int which, const char *data, size_t len)
{
	struct linebuf_to to = lines_to(b, which);

	if (linebuf_feed(&b->lines[which], &to, data, len) == -1)
		logfile_say(b->log, "cid is out of memory: lines are missing.");
}

/* What the engine had not logged before it died is not to be skipped. */
static void
on_piece(void *arg, unsigned int stream, const char *data, size_t len)
{
	struct build *b = arg;
	char line[LINE_MAX_BYTES];
	unsigned int which = stream - 1;
	size_t had, n = recall_take(&b->said[which], data, len);
	uint64_t at;

	feed(b, which, data, n);
	if (n == len)
		return;
	log_info("%s: the engine lost the last of what it had told", b->name);
	at = recall_back(&b->said[which], line, sizeof(line), &had);
	linebuf_skip(&b->lines[which], at);
	b->lines[which].skip = 0;
	feed(b, which, line, had);
	recall_take(&b->said[which], data + n, len - n);
	feed(b, which, data + n, len - n);
}

static void
on_data(void *arg, const char *data, size_t len)
{
	struct build *b = arg;

	if (docker_demux(&b->demux, data, len, on_piece, b) == -1) {
		build_fail(b, REASON_ENGINE_ERROR,
		    "the container's output can't be read");
		return;
	}
	if (logfile_error(b->log) == ENOSPC)
		build_fail(b, REASON_DISK_FULL, "");
}

static struct docker_req *
ask(struct build *b, enum docker_call call, const struct docker_ops *ops,
    int timeout_s)
{
	struct docker_ask da = DOCKER_ASK(DOCKER_VERSION);

	da.call = call;
	da.a = b->name;
	da.timeout_s = timeout_s;
	return docker_start(&da, ops, b);
}

static void read_rest(struct build *);

/*
 * Both the last line and the end are known: the rest is another file's.
 * Either may be known before the answer to the start is there.
 */
static void
ended(struct build *b)
{
	struct linebuf_to to;
	unsigned int i;

	if (b->step != STEP_RUN || !b->output_over || !b->exit_known ||
	    b->req != NULL)
		return;
	if (b->resumed && !b->rest_read) {
		read_rest(b);
		return;
	}
	for (i = 0; i < 2; i++) {
		to = lines_to(b, i);
		linebuf_end(&b->lines[i], &to);
	}
	b->step = STEP_COLLECT;
	build_collect(b);
}

static void
fail(struct build *b, const struct docker_answer *a)
{
	char *const *argv = b->spec.command.items;
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	if (reason == REASON_ENGINE_DOWN)
		return;
	logfile_say(b->log, "%s", text);
	build_fail(b, reason,
	    reason == REASON_COMMAND_NOT_FOUND ? argv[0] : "");
}

static int
is_good(const struct docker_answer *a)
{
	return a->error == DOCKER_OK && a->status < 300;
}

static void
on_output_done(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->output = NULL;
	b->output_over = 1;
	if (is_good(a))
		ended(b);
	else
		fail(b, a);
}

static void
on_exit_known(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->wait = NULL;
	b->exit_known = 1;
	if (is_good(a))
		ended(b);
	else
		fail(b, a);
}

static void
on_started(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	b->req = NULL;
	if (is_good(a))
		ended(b);
	else
		fail(b, a);
}

static const struct docker_ops started_ops = { .done = on_started };

/* Start it once everything listens and the network is there. */
static void
start(struct build *b)
{
	if (!b->attached || !b->waited_for || b->req != NULL ||
	    (b->spec.network && !b->network_ready))
		return;
	/* It may run long before the engine says so. */
	b->step = STEP_RUN;
	b->req = ask(b, DOCKER_CONTAINER_START, &started_ops, START_TIMEOUT_S);
}

static void
on_attached(void *arg)
{
	struct build *b = arg;

	b->attached = 1;
	start(b);
}

static const struct docker_ops attach_ops = { .done = on_output_done,
	.began = on_attached,
	.data = on_data };

static void
on_waiting(void *arg)
{
	struct build *b = arg;

	b->waited_for = 1;
	start(b);
}

static const struct docker_ops wait_ops = { .done = on_exit_known,
	.began = on_waiting };

static const struct docker_ops logs_ops = { .done = on_output_done,
	.data = on_data };

static const struct docker_ops join_ops = { .done = on_exit_known };

/*
 * An engine that follows a log may let go of it before the last lines of a
 * container that ended.  What it logged is whole by now.
 */
static void
read_rest(struct build *b)
{
	unsigned int i;

	memset(&b->demux, 0, sizeof(b->demux));
	for (i = 0; i < 2; i++) {
		linebuf_skip(&b->lines[i], b->lines[i].consumed);
		recall_again(&b->said[i]);
	}
	b->rest_read = 1;
	b->output_over = 0;
	b->output = ask(b, DOCKER_CONTAINER_LOGGED, &logs_ops, 0);
}

static void
forget_output(struct build *b)
{
	memset(&b->demux, 0, sizeof(b->demux));
	linebuf_free(&b->lines[0]);
	linebuf_free(&b->lines[1]);
	recall_again(&b->said[0]);
	recall_again(&b->said[1]);
	b->output_over = b->exit_known = b->rest_read = 0;
}

/* Listen, then start.  Called again when the network is there. */
void
build_run(struct build *b)
{
	if (b->output != NULL || b->wait != NULL) {
		start(b);
		return;
	}
	forget_output(b);
	b->attached = b->waited_for = 0;
	b->output = ask(b, DOCKER_CONTAINER_ATTACH, &attach_ops, 0);
	b->wait = ask(b, DOCKER_CONTAINER_WAIT, &wait_ops, 0);
}

/* Go on with a container that runs or has ended. */
void
build_run_resume(struct build *b, const struct answer_container *c)
{
	uint64_t consumed[2], now = clock_wall_ms();
	int64_t ran;

	logfile_say(b->log, "The build goes on where it was left.");
	source_free(b->source);
	b->source = NULL;
	b->resumed = 1;
	b->step = STEP_RUN;
	forget_output(b);
	logfile_consumed(b->log, consumed);
	linebuf_skip(&b->lines[0], consumed[0]);
	linebuf_skip(&b->lines[1], consumed[1]);
	b->output = ask(b, DOCKER_CONTAINER_LOGS, &logs_ops, 0);
	b->wait = ask(b, DOCKER_CONTAINER_JOIN, &join_ops, 0);
	ran = now > c->started_ms ? (int64_t)(now - c->started_ms) / 1000 : 0;
	build_limit(b, b->spec.limits.time_s - ran);
}

/* Its time is over: the answer to the wait tells when it is gone. */
static void
on_killed(void *arg, const struct docker_answer *a)
{
	struct build *b = arg;

	(void)a; /* an end by itself comes to the same */
	b->req = NULL;
	ended(b);
}

static const struct docker_ops killed_ops = { .done = on_killed };

void
build_run_kill(struct build *b)
{
	docker_cancel(b->req);
	b->req = ask(b, DOCKER_CONTAINER_KILL, &killed_ops, START_TIMEOUT_S);
}

/* Stop listening; the container is not touched. */
void
build_run_stop(struct build *b)
{
	docker_cancel(b->req);
	docker_cancel(b->output);
	docker_cancel(b->wait);
	b->req = b->output = b->wait = NULL;
	linebuf_free(&b->lines[0]);
	linebuf_free(&b->lines[1]);
}
