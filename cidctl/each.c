/*
 * Lists that come in pages.
 */

#include <err.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "each.h"
#include "field.h"

#define PAGE 500
#define PATH_MAX_BYTES 512

/*
 * Get all pages of a list called name into one answer, shaped as the
 * server's own, for the caller to json_object_put().  Returns CTL_DONE, or
 * how cidctl is to end.
 */
int
each_page(struct ctl *ctl, const char *path, const char *name,
    struct json_object **all)
{
	struct json_object *list = json_object_new_array(), *page;
	struct client_answer a;
	char at[PATH_MAX_BYTES];
	size_t i, n;
	int ret;

	do {
		snprintf(at, sizeof(at), "%s?limit=%d&offset=%zu", path, PAGE,
		    json_object_array_length(list));
		if ((ret = client_call(ctl->client, "GET", at, NULL, &a)) !=
		    CTL_DONE)
			break;
		page = field_get(a.data, name);
		n = json_object_is_type(page, json_type_array)
		    ? json_object_array_length(page)
		    : 0;
		for (i = 0; i < n; i++)
			json_object_array_add(list,
			    json_object_get(
				json_object_array_get_idx(page, i)));
		client_free_answer(&a);
	} while (n == PAGE);
	if (ret != CTL_DONE) {
		client_free_answer(&a);
		json_object_put(list);
		return ret;
	}
	*all = json_object_new_object();
	json_object_object_add(*all, "total",
	    json_object_new_int64((int64_t)json_object_array_length(list)));
	json_object_object_add(*all, name, list);
	return CTL_DONE;
}
