/*
 * What there is and what runs.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "each.h"
#include "field.h"
#include "list.h"
#include "look.h"
#include "print.h"
#include "table.h"
#include "usage.h"
#include "when.h"

static void
add_project(struct table *t, struct json_object *p)
{
	const char *status = field_text(p, "last_build.status");
	char ago[WHEN_MAX];

	table_cell(t, PRINT_PLAIN, field_text(p, "name"));
	table_cell(t, look_status(status), status);
	table_cell(t, PRINT_PLAIN, field_text(p, "last_build.number"));
	table_cell(t, PRINT_PLAIN,
	    when_ago(field_text(p, "last_build.queued_at"), time(NULL), ago));
	table_cell(t, PRINT_PLAIN, field_text(p, "active_slot"));
	table_cell(t, PRINT_PLAIN, field_text(p, "branch"));
	table_cell(t, PRINT_PLAIN, field_text(p, "public_url"));
}

static void
print_projects(struct json_object *list)
{
	static const char *const heads[] = { "PROJECT", "LAST BUILD", "NUMBER",
		"WHEN", "ACTIVE", "BRANCH", "ADDRESS" };
	struct table *t;
	size_t i;

	if (json_object_array_length(list) == 0) {
		puts("There is no project yet; \"cidctl project apply "
		     "cid.toml\" makes one.");
		return;
	}
	t = table_new(heads, 7);
	for (i = 0; i < json_object_array_length(list); i++)
		add_project(t, json_object_array_get_idx(list, i));
	table_print(t);
}

/* cidctl list */
int
list_run(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *all;
	int ret;

	(void)argv;
	if (argc != 1)
		return usage_of("list");
	ret = each_page(ctl, "/api/projects", "projects", &all);
	if (ret != CTL_DONE)
		return ret;
	if (ctl->is_json)
		print_json(all);
	else
		print_projects(field_get(all, "projects"));
	json_object_put(all);
	return CTL_DONE;
}

static void
add_slot(struct table *t, const char *name, struct json_object *s)
{
	const char *state = field_text(s, "state");
	const char *health = field_text(s, "health");
	char buf[WHEN_MAX];

	if (strcmp(state, "empty") == 0)
		health = "";
	table_cell(t, PRINT_PLAIN, name);
	table_cell(t, look_slot(state), state);
	table_cell(t, PRINT_PLAIN, field_text(s, "build.number"));
	snprintf(buf, sizeof(buf), "%.8s", field_text(s, "build.commit_hash"));
	table_cell(t, PRINT_PLAIN, buf);
	table_cell(t, PRINT_PLAIN, field_text(s, "container.state"));
	table_cell(t, look_health(health), health);
	table_cell(t, PRINT_PLAIN,
	    field_is_set(s, "uptime_s")
		? when_lasts(field_int(s, "uptime_s") * 1000, buf)
		: "");
	table_cell(t, PRINT_PLAIN, field_text(s, "port"));
	table_cell(t, PRINT_PLAIN, field_text(s, "build.commit_message"));
}

/* How quick the way back is, and how long it is there (R25). */
static void
print_way_back(const char *name, struct json_object *s)
{
	char warm[WHEN_MAX], grace[WHEN_MAX];
	time_t now = time(NULL);

	if (strcmp(field_text(s, "state"), "grace") != 0)
		return;
	when_until(field_text(s, "grace_until"), now, grace);
	when_until(field_text(s, "warm_until"), now, warm);
	if (field_is(s, "warm"))
		printf("  %s still runs: a rollback takes milliseconds%s%s, "
		       "seconds until it is removed in %s.\n",
		    name, warm[0] != '\0' ? " for " : "", warm, grace);
	else
		printf("  %s is stopped but kept: a rollback takes seconds; "
		       "it is removed in %s.\n",
		    name, grace);
}

static void
print_environment(struct json_object *e)
{
	static const char *const heads[] = { "SLOT", "STATE", "BUILD", "COMMIT",
		"CONTAINER", "HEALTH", "UP", "PORT", "WHAT" };
	static const char *const slots[] = { "blue", "green" };
	struct table *t;
	char path[32];
	size_t i;

	print_colour(stdout, PRINT_STRONG, field_text(e, "name"));
	fputs(" from branch ", stdout);
	print_text(stdout, field_text(e, "branch"));
	putchar('\n');
	t = table_new(heads, 9);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "slots.%s", slots[i]);
		add_slot(t, slots[i], field_get(e, path));
	}
	table_print(t);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "slots.%s", slots[i]);
		print_way_back(slots[i], field_get(e, path));
	}
}

/* What GET /api/projects/:id/status answers. */
void
list_print_status(struct json_object *status)
{
	struct json_object *list = field_get(status, "environments");
	size_t i;

	print_colour(stdout, PRINT_STRONG, field_text(status, "project_name"));
	fputs(" at ", stdout);
	print_text(stdout, field_text(status, "public_url"));
	putchar('\n');
	if (!json_object_is_type(list, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(list); i++)
		print_environment(json_object_array_get_idx(list, i));
}

/* cidctl status [project] */
int
list_status(struct ctl *ctl, int argc, char **argv)
{
	struct client_answer a;
	char *path;
	int ret;

	if (argc == 1)
		return list_run(ctl, argc, argv);
	if (argc != 2)
		return usage_of("status");
	path = client_path(ctl->client, "/api/projects/%s/status", argv[1]);
	ret = client_call(ctl->client, "GET", path, NULL, &a);
	free(path);
	if (ret == CTL_DONE && ctl->is_json)
		print_json(a.data);
	else if (ret == CTL_DONE)
		list_print_status(a.data);
	client_free_answer(&a);
	return ret;
}
