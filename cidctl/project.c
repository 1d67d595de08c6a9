/*
 * Projects: made or changed to be as a file says, shown, removed.
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "field.h"
#include "print.h"
#include "progress.h"
#include "project.h"
#include "settings.h"
#include "usage.h"

struct wish {
	const char *file;
	const char *name; /* NULL: the file's */
	const char *repo;
	struct settings_files files;
};

static int
read_options(int argc, char **argv, struct wish *w)
{
	static const struct option options[] = {
		{ "git-token-file", required_argument, NULL, 't' },
		{ "name", required_argument, NULL, 'n' },
		{ "registry-file", required_argument, NULL, 'g' },
		{ "repo", required_argument, NULL, 'r' },
		{ "secrets-file", required_argument, NULL, 's' },
		{ "webhook-secret-file", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	memset(w, 0, sizeof(*w));
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'g':
			w->files.registries = optarg;
			break;
		case 'n':
			w->name = optarg;
			break;
		case 'r':
			w->repo = optarg;
			break;
		case 's':
			w->files.secrets = optarg;
			break;
		case 't':
			w->files.git_token = optarg;
			break;
		case 'w':
			w->files.webhook_secret = optarg;
			break;
		default:
			return -1;
		}
	}
	if (argc - optind != 1)
		return -1;
	w->file = argv[optind];
	return 0;
}

/* The whole of what is wanted, or NULL after saying what is wrong. */
static struct json_object *
read_wish(const struct wish *w)
{
	struct json_object *o;

	if ((o = settings_read(w->file)) == NULL)
		return NULL;
	if (w->name != NULL)
		json_object_object_add(o, "name",
		    json_object_new_string(w->name));
	if (w->repo != NULL)
		json_object_object_add(o, "repo",
		    json_object_new_string(w->repo));
	if (settings_add_files(o, &w->files) == -1) {
		json_object_put(o);
		return NULL;
	}
	if (field_text(o, "name")[0] == '\0') {
		print_error("%s names no project; write name into [project], "
			    "or say --name",
		    w->file);
		json_object_put(o);
		return NULL;
	}
	return o;
}

static void
print_line(const char *what, const char *value)
{
	if (value[0] == '\0')
		return;
	printf("  %-22s ", what);
	print_text(stdout, value);
	putchar('\n');
}

static int
create(struct ctl *ctl, struct json_object *wanted)
{
	struct client_answer a;
	int ret;

	ret = client_call(ctl->client, "POST", "/api/projects", wanted, &a);
	if (ret == CTL_DONE && ctl->is_json) {
		print_json(a.data);
	} else if (ret == CTL_DONE) {
		print_text(stdout, field_text(a.data, "name"));
		puts(" is made.");
		print_line("webhook", field_text(a.data, "webhook_url"));
		print_line("secret", field_text(a.data, "webhook_secret"));
		print_line("address", field_text(a.data, "public_url"));
		if (field_text(a.data, "webhook_url")[0] != '\0')
			puts("Give webhook and secret to the repository's "
			     "settings at the forge (application/json, "
			     "pushes),\nor start a build by hand: cidctl "
			     "deploy.");
	}
	client_free_answer(&a);
	return ret;
}

static int
update(struct ctl *ctl, const char *path, struct json_object *changes,
    struct json_object *current)
{
	struct client_answer a;
	int ret;

	ret = client_call(ctl->client, "PUT", path, changes, &a);
	if (ret == CTL_DONE && ctl->is_json) {
		print_json(a.data);
	} else if (ret == CTL_DONE) {
		print_text(stdout, field_text(a.data, "name"));
		puts(" is changed; its next build uses it.");
		settings_print_changes(changes, current);
		print_line("webhook", field_text(a.data, "webhook_url"));
	}
	client_free_answer(&a);
	return ret;
}

static int
bring_up_to_date(struct ctl *ctl, const char *path, struct json_object *wanted,
    struct json_object *current)
{
	struct json_object *changes = settings_changes(wanted, current);
	int ret = CTL_DONE;

	if (json_object_object_length(changes) > 0) {
		ret = update(ctl, path, changes, current);
	} else if (ctl->is_json) {
		print_json(current);
	} else {
		print_text(stdout, field_text(current, "name"));
		puts(" is as the file says already.");
		print_line("webhook", field_text(current, "webhook_url"));
	}
	json_object_put(changes);
	return ret;
}

/* Make it, or change it; doing so twice changes nothing the second time. */
static int
apply(struct ctl *ctl, struct json_object *wanted)
{
	struct client_answer a;
	char *path;
	int ret = CTL_FAILED;

	path = client_path(ctl->client, "/api/projects/%s",
	    field_text(wanted, "name"));
	if (client_ask(ctl->client, "GET", path, NULL, &a) == -1) {
		client_explain(ctl->client);
		ret = CTL_NO_CONNECTION;
	} else if (!client_refused(&a)) {
		ret = bring_up_to_date(ctl, path, wanted, a.data);
	} else if (strcmp(a.code, "PROJECT_NOT_FOUND") == 0) {
		ret = create(ctl, wanted);
	} else {
		client_explain_refusal(ctl->client, &a);
	}
	client_free_answer(&a);
	free(path);
	return ret;
}

/* cidctl project apply */
int
project_apply(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *wanted;
	struct wish w;
	int ret;

	if (read_options(argc, argv, &w) == -1)
		return usage_of("project apply");
	if ((wanted = read_wish(&w)) == NULL)
		return CTL_FAILED;
	ret = apply(ctl, wanted);
	json_object_put(wanted);
	return ret;
}

/* cidctl project show */
int
project_show(struct ctl *ctl, int argc, char **argv)
{
	struct client_answer a;
	char *path;
	int ret;

	if (argc != 2)
		return usage_of("project show");
	path = client_path(ctl->client, "/api/projects/%s", argv[1]);
	ret = client_call(ctl->client, "GET", path, NULL, &a);
	free(path);
	if (ret == CTL_DONE && ctl->is_json)
		print_json(a.data);
	else if (ret == CTL_DONE &&
	    json_object_is_type(a.data, json_type_object))
		settings_print(a.data);
	client_free_answer(&a);
	return ret;
}

/* Ask a person, not a program.  Returns 1 to go on. */
static int
is_sure(const char *name)
{
	char line[128];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return 1;
	fprintf(stderr,
	    "This stops and removes %s with its releases, builds and logs.\n"
	    "Type its name to go on: ",
	    name);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 0;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, name) == 0;
}

static void
print_removed(struct json_object *o)
{
	struct json_object *list = field_get(o, "containers");
	size_t i;

	print_text(stdout, field_text(o, "name"));
	puts(field_is(o, "complete") ? " is removed." : " is being removed.");
	for (i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list);
	     i++)
		print_line("container",
		    json_object_get_string(json_object_array_get_idx(list, i)));
	if (field_int(o, "builds") > 0)
		printf("  %-22s %" PRId64 "\n", "builds and their logs",
		    field_int(o, "builds"));
}

/* cidctl project delete */
int
project_delete(struct ctl *ctl, int argc, char **argv)
{
	struct client_answer a;
	char *path;
	int c, ret, yes = 0;

	while ((c = getopt(argc, argv, "y")) != -1) {
		if (c != 'y')
			return usage_of("project delete");
		yes = 1;
	}
	if (argc - optind != 1)
		return usage_of("project delete");
	if (!yes && !is_sure(argv[optind])) {
		print_error("nothing is removed");
		return CTL_FAILED;
	}
	path = client_path(ctl->client, "/api/projects/%s", argv[optind]);
	progress_begin("removing it");
	ret = client_call(ctl->client, "DELETE", path, NULL, &a);
	progress_end();
	free(path);
	if (ret == CTL_DONE && ctl->is_json)
		print_json(a.data);
	else if (ret == CTL_DONE)
		print_removed(a.data);
	client_free_answer(&a);
	return ret;
}
