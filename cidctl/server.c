/*
 * What concerns cid itself.
 */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "field.h"
#include "print.h"
#include "server.h"
#include "table.h"
#include "usage.h"

static void
print_checks(struct json_object *data)
{
	static const char *const heads[] = { "PART", "STATE" };
	struct json_object *checks = field_get(data, "checks");
	struct table *t = table_new(heads, 2);
	struct json_object_iter it;

	table_cell(t, PRINT_PLAIN, "cid");
	table_cell(t,
	    strcmp(field_text(data, "status"), "ok") == 0 ? PRINT_GOOD
							  : PRINT_BAD,
	    field_text(data, "status"));
	if (json_object_is_type(checks, json_type_object)) {
		json_object_object_foreachC(checks, it)
		{
			table_cell(t, PRINT_PLAIN, it.key);
			table_cell(t,
			    json_object_get_boolean(it.val) ? PRINT_GOOD
							    : PRINT_BAD,
			    json_object_get_boolean(it.val) ? "ok" : "down");
		}
	}
	table_print(t);
}

/* cidctl health: what is not well makes it fail. */
int
server_health(struct ctl *ctl, int argc, char **argv)
{
	struct client_answer a;
	int ret;

	(void)argv;
	if (argc != 1)
		return usage_of("health");
	ret = client_call(ctl->client, "GET", "/health", NULL, &a);
	if (field_is_set(a.data, "status")) {
		if (ctl->is_json)
			print_json(a.data);
		else
			print_checks(a.data);
		if (strcmp(field_text(a.data, "status"), "ok") != 0)
			ret = CTL_FAILED;
	}
	client_free_answer(&a);
	return ret;
}

/* cidctl reconcile */
int
server_reconcile(struct ctl *ctl, int argc, char **argv)
{
	static const struct option options[] = {
		{ "adopt", no_argument, NULL, 'a' },
		{ "purge", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	struct json_object *body;
	struct client_answer a;
	const char *mode = "normal";
	int c, ret;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if ((c != 'a' && c != 'p') || strcmp(mode, "normal") != 0)
			return usage_of("reconcile");
		mode = c == 'a' ? "adopt" : "purge";
	}
	if (argc != optind)
		return usage_of("reconcile");
	body = json_object_new_object();
	json_object_object_add(body, "mode", json_object_new_string(mode));
	ret = client_call(ctl->client, "POST", "/api/reconcile", body, &a);
	json_object_put(body);
	if (ret == CTL_DONE && ctl->is_json)
		print_json(a.data);
	else if (ret == CTL_DONE)
		puts("cid compares what runs with what should; its log says "
		     "what it changes.");
	client_free_answer(&a);
	return ret;
}
