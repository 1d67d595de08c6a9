/*
 * Finds the build that a person names: 57 is an id, hello/12 a number of a
 * project, hello its newest.
 */

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "each.h"
#include "field.h"
#include "pick.h"
#include "print.h"

/* Returns 0 when s is a whole number above 0, else -1. */
int
pick_number(const char *s, int64_t *n)
{
	const char *why;

	*n = strtonum(s, 1, INT64_MAX, &why);
	return why == NULL && s[0] >= '0' && s[0] <= '9' ? 0 : -1;
}

static int
pick_id(struct ctl *ctl, const char *id, struct json_object **build)
{
	struct client_answer a;
	char *path;
	int ret;

	path = client_path(ctl->client, "/api/builds/%s", id);
	ret = client_call(ctl->client, "GET", path, NULL, &a);
	free(path);
	if (ret == CTL_DONE)
		*build = json_object_get(a.data);
	client_free_answer(&a);
	return ret;
}

static int
pick_newest(struct ctl *ctl, const char *project, struct json_object **build)
{
	struct json_object *list;
	struct client_answer a;
	char *path;
	int ret;

	path = client_path(ctl->client, "/api/projects/%s/builds?limit=1",
	    project);
	ret = client_call(ctl->client, "GET", path, NULL, &a);
	free(path);
	list = field_get(a.data, "builds");
	if (ret == CTL_DONE &&
	    (!json_object_is_type(list, json_type_array) ||
		json_object_array_length(list) == 0)) {
		print_error("%s was never built; \"cidctl deploy %s\" builds "
			    "it",
		    project, project);
		ret = CTL_FAILED;
	}
	if (ret == CTL_DONE)
		*build = json_object_get(json_object_array_get_idx(list, 0));
	client_free_answer(&a);
	return ret;
}

static int
pick_of_project(struct ctl *ctl, const char *project, int64_t number,
    struct json_object **build)
{
	struct json_object *all, *b, *list;
	char *path;
	size_t i;
	int ret;

	path = client_path(ctl->client, "/api/projects/%s/builds", project);
	ret = each_page(ctl, path, "builds", &all);
	free(path);
	if (ret != CTL_DONE)
		return ret;
	list = field_get(all, "builds");
	for (i = 0; i < json_object_array_length(list); i++) {
		b = json_object_array_get_idx(list, i);
		if (field_int(b, "number") == number) {
			*build = json_object_get(b);
			json_object_put(all);
			return CTL_DONE;
		}
	}
	json_object_put(all);
	print_error("%s has no build %" PRId64 "; \"cidctl builds %s\" shows "
		    "those there are",
	    project, number, project);
	return CTL_FAILED;
}

/*
 * Find a build.  Returns CTL_DONE with *build to json_object_put(), or how
 * cidctl is to end, after saying why.
 */
int
pick_build(struct ctl *ctl, const char *name, struct json_object **build)
{
	const char *slash = strchr(name, '/');
	char *project;
	int64_t number;
	int ret;

	if (slash == NULL)
		return pick_number(name, &number) == 0
		    ? pick_id(ctl, name, build)
		    : pick_newest(ctl, name, build);
	if (pick_number(slash + 1, &number) == -1) {
		print_error("%s: write project/number, such as hello/12", name);
		return CTL_USAGE;
	}
	if ((project = strndup(name, (size_t)(slash - name))) == NULL)
		err(CTL_FAILED, NULL);
	ret = pick_of_project(ctl, project, number, build);
	free(project);
	return ret;
}
