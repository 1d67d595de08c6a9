/*
 * cidctl rollback
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "field.h"
#include "list.h"
#include "pick.h"
#include "print.h"
#include "release.h"
#include "usage.h"

struct way {
	const char *project;
	const char *environment; /* NULL: production */
	int64_t number;		 /* 0: what ran before */
};

static int
read_options(int argc, char **argv, struct way *w)
{
	static const struct option options[] = {
		{ "env", required_argument, NULL, 'e' },
		{ "version", required_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	memset(w, 0, sizeof(*w));
	while ((c = getopt_long(argc, argv, "e:v:", options, NULL)) != -1) {
		if (c == 'e')
			w->environment = optarg;
		else if (c != 'v' || pick_number(optarg, &w->number) == -1)
			return -1;
	}
	if (argc - optind != 1)
		return -1;
	w->project = argv[optind];
	return 0;
}

static int
set_build(struct ctl *ctl, const struct way *w, struct json_object *body)
{
	struct json_object *build;
	char name[128];
	int ret;

	if (w->number == 0)
		return CTL_DONE;
	snprintf(name, sizeof(name), "%.64s/%" PRId64, w->project, w->number);
	if ((ret = pick_build(ctl, name, &build)) != CTL_DONE)
		return ret;
	json_object_object_add(body, "build_id",
	    json_object_new_int64(field_int(build, "id")));
	json_object_put(build);
	return CTL_DONE;
}

static int
send_order(struct ctl *ctl, const struct way *w, struct json_object *body)
{
	struct client_answer a;
	char *path;
	int ret;

	path =
	    client_path(ctl->client, "/api/projects/%s/rollback", w->project);
	ret = client_call(ctl->client, "POST", path, body, &a);
	free(path);
	if (ret == CTL_DONE && ctl->is_json) {
		print_json(a.data);
	} else if (ret == CTL_DONE) {
		print_text(stdout, w->project);
		if (w->number != 0)
			printf(" goes back to build %" PRId64 ".\n", w->number);
		else
			puts(" goes back to what ran before.");
		list_print_status(a.data);
	}
	client_free_answer(&a);
	return ret;
}

int
release_rollback(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *body;
	struct way w;
	int ret;

	if (read_options(argc, argv, &w) == -1)
		return usage_of("rollback");
	body = json_object_new_object();
	if (w.environment != NULL)
		json_object_object_add(body, "environment",
		    json_object_new_string(w.environment));
	if ((ret = set_build(ctl, &w, body)) == CTL_DONE)
		ret = send_order(ctl, &w, body);
	json_object_put(body);
	return ret;
}
