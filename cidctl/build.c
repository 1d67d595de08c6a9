/*
 * Builds: asked for, listed, ended.
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/stdlib.h>
#include <json-c/json.h>

#include "build.h"
#include "client.h"
#include "ctl.h"
#include "field.h"
#include "follow.h"
#include "look.h"
#include "pick.h"
#include "print.h"
#include "progress.h"
#include "table.h"
#include "usage.h"
#include "when.h"

/* "hello build 12", or its id while it has no number. */
static void
print_name(FILE *fp, struct json_object *b)
{
	print_text(fp, field_text(b, "project_name"));
	if (field_int(b, "number") != 0)
		fprintf(fp, " build %" PRId64, field_int(b, "number"));
	else
		fprintf(fp, " build (id %" PRId64 ")", field_int(b, "id"));
}

static int
get_build(struct ctl *ctl, int64_t id, struct client_answer *a)
{
	char path[64];

	snprintf(path, sizeof(path), "/api/builds/%" PRId64, id);
	return client_call(ctl->client, "GET", path, NULL, a);
}

/* How a build ended, and why. */
static void
print_end(struct json_object *b)
{
	const char *status = field_text(b, "status");
	char took[WHEN_MAX];

	print_name(stdout, b);
	fputs(": ", stdout);
	print_colour(stdout, look_status(status), status);
	if (field_is_set(b, "duration_ms"))
		printf(" after %s",
		    when_lasts(field_int(b, "duration_ms"), took));
	if (field_text(b, "reason")[0] != '\0') {
		fputs(", ", stdout);
		print_text(stdout, field_text(b, "reason"));
		fputs(": ", stdout);
		print_text(stdout,
		    field_text(b, "message")[0] != '\0'
			? field_text(b, "message")
			: field_text(b, "reason_text"));
	}
	putchar('\n');
}

/* Stay until a build has ended.  Its failure is ours. */
static int
await(struct ctl *ctl, int64_t id)
{
	struct client_answer a;
	int ret;

	progress_begin("waiting for the build");
	ret = follow_log(ctl, id, ctl->is_json ? FOLLOW_NOTHING : FOLLOW_LINES);
	if (ret != CTL_DONE)
		return ret;
	if ((ret = get_build(ctl, id, &a)) == CTL_DONE) {
		if (ctl->is_json)
			print_json(a.data);
		else
			print_end(a.data);
		if (strcmp(field_text(a.data, "status"), "Success") != 0)
			ret = CTL_FAILED;
	}
	client_free_answer(&a);
	return ret;
}

static void
print_queued(const char *project, struct json_object *b)
{
	print_text(stdout, project);
	if (field_int(b, "build_number") != 0)
		printf(" build %" PRId64, field_int(b, "build_number"));
	printf(" (id %" PRId64 ") is queued", field_int(b, "build_id"));
	if (field_int(b, "queue_position") > 0)
		printf(", place %" PRId64, field_int(b, "queue_position"));
	puts(".");
}

static int
order(struct ctl *ctl, const char *project, struct json_object *body, int wait,
    int64_t *id)
{
	struct client_answer a;
	char *path;
	int ret;

	path = client_path(ctl->client, "/api/projects/%s/builds", project);
	ret = client_call(ctl->client, "POST", path, body, &a);
	free(path);
	if (ret == CTL_DONE) {
		*id = field_int(a.data, "build_id");
		if (!ctl->is_json)
			print_queued(project, a.data);
		else if (!wait)
			print_json(a.data);
		fflush(stdout);
	}
	client_free_answer(&a);
	return ret;
}

static void
set(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value));
}

/* cidctl deploy */
int
build_deploy(struct ctl *ctl, int argc, char **argv)
{
	static const struct option options[] = {
		{ "commit", required_argument, NULL, 'c' },
		{ "env", required_argument, NULL, 'e' },
		{ "wait", no_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	struct json_object *body = json_object_new_object();
	int64_t id;
	int c, ret, wait = 0;

	while ((c = getopt_long(argc, argv, "c:e:w", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			set(body, "commit_hash", optarg);
			break;
		case 'e':
			set(body, "environment", optarg);
			break;
		case 'w':
			wait = 1;
			break;
		default:
			json_object_put(body);
			return usage_of("deploy");
		}
	}
	if (argc - optind != 1) {
		json_object_put(body);
		return usage_of("deploy");
	}
	ret = order(ctl, argv[optind], body, wait, &id);
	json_object_put(body);
	return ret == CTL_DONE && wait ? await(ctl, id) : ret;
}

static void
add_build(struct table *t, struct json_object *b)
{
	const char *status = field_text(b, "status");
	char buf[WHEN_MAX];

	table_cell(t, PRINT_PLAIN, field_text(b, "number"));
	table_cell(t, PRINT_FAINT, field_text(b, "id"));
	table_cell(t, look_status(status), status);
	table_cell(t, PRINT_PLAIN, field_text(b, "environment"));
	snprintf(buf, sizeof(buf), "%.8s", field_text(b, "commit_hash"));
	table_cell(t, PRINT_PLAIN, buf);
	table_cell(t, PRINT_PLAIN,
	    when_ago(field_text(b, "queued_at"), time(NULL), buf));
	table_cell(t, PRINT_PLAIN,
	    field_is_set(b, "duration_ms")
		? when_lasts(field_int(b, "duration_ms"), buf)
		: "");
	table_cell(t, PRINT_PLAIN, field_text(b, "reason"));
	table_cell(t, PRINT_PLAIN, field_text(b, "commit_message"));
}

static void
print_builds(struct json_object *list)
{
	static const char *const heads[] = { "BUILD", "ID", "STATUS",
		"ENVIRONMENT", "COMMIT", "WHEN", "TOOK", "REASON", "WHAT" };
	struct table *t = table_new(heads, 9);
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		add_build(t, json_object_array_get_idx(list, i));
	table_print(t);
}

/* cidctl builds */
int
build_list(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *list;
	struct client_answer a;
	const char *why = NULL;
	char *path, fmt[64];
	int c, n = 20, ret;

	while ((c = getopt(argc, argv, "n:")) != -1) {
		if (c == 'n')
			n = (int)strtonum(optarg, 1, 1000, &why);
		if (c != 'n' || why != NULL)
			return usage_of("builds");
	}
	if (argc - optind != 1)
		return usage_of("builds");
	snprintf(fmt, sizeof(fmt), "/api/projects/%%s/builds?limit=%d", n);
	path = client_path(ctl->client, fmt, argv[optind]);
	ret = client_call(ctl->client, "GET", path, NULL, &a);
	free(path);
	list = field_get(a.data, "builds");
	if (ret == CTL_DONE && ctl->is_json)
		print_json(a.data);
	else if (ret == CTL_DONE && json_object_is_type(list, json_type_array))
		print_builds(list);
	client_free_answer(&a);
	return ret;
}

/* cidctl cancel */
int
build_cancel(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *build;
	struct client_answer a;
	char path[64];
	int ret;

	if (argc != 2)
		return usage_of("cancel");
	if ((ret = pick_build(ctl, argv[1], &build)) != CTL_DONE)
		return ret;
	snprintf(path, sizeof(path), "/api/builds/%" PRId64 "/cancel",
	    field_int(build, "id"));
	json_object_put(build);
	ret = client_call(ctl->client, "POST", path, NULL, &a);
	if (ret == CTL_DONE && ctl->is_json) {
		print_json(a.data);
	} else if (ret == CTL_DONE) {
		print_name(stdout, a.data);
		puts(strcmp(field_text(a.data, "status"), "Cancelled") == 0
			? " is cancelled."
			: " is being cancelled.");
	}
	client_free_answer(&a);
	return ret;
}
