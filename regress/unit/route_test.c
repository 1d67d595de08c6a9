/*
 * The route table holds what the door relies on.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>

#include "auth.h"
#include "route.h"

static struct route_match m;

static const struct route *
find(const char *method, const char *path)
{
	route_find(routes, routes_len, method, path, &m);
	return m.route;
}

/* A path that only this row should match: every parameter is "7". */
static void
example(const struct route *r, char path[256])
{
	const char *s = r->path;
	size_t n = 0;

	while (*s != '\0') {
		if (*s == ':' || *s == '*') {
			path[n++] = '7';
			s += strcspn(s, "/");
		} else {
			path[n++] = *s++;
		}
	}
	path[n] = '\0';
}

static void
every_row_is_found_by_its_path(void **unused)
{
	char path[256];
	size_t i;

	(void)unused;
	for (i = 0; i < routes_len; i++) {
		example(&routes[i], path);
		assert_ptr_equal(find(routes[i].method, path), &routes[i]);
		assert_non_null(strstr(m.allow, routes[i].method));
	}
}

static void
every_row_has_one_who_answers(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < routes_len; i++) {
		assert_true(
		    (routes[i].handle != NULL) != (routes[i].stream != NULL));
		if (routes[i].body != NULL)
			assert_string_not_equal(routes[i].method, "GET");
		if (routes[i].prepare != NULL)
			assert_non_null(routes[i].body);
	}
}

static void
objects_are_named_in_the_path(void **unused)
{
	static const char *const names[] = {
		[ROUTE_PROJECT] = "/:project",
		[ROUTE_BUILD] = "/:build",
		[ROUTE_DELIVERY] = "/:delivery",
	};
	size_t i, k;

	(void)unused;
	for (i = 0; i < routes_len; i++) {
		for (k = 1; k < sizeof(names) / sizeof(names[0]); k++)
			assert_int_equal(strstr(routes[i].path, names[k]) !=
				NULL,
			    routes[i].object == (enum route_object)k);
	}
}

static void
only_these_need_no_key(void **unused)
{
	static const char *const open[] = { "/health", "/api",
		"/webhook/:forge", "/webhook/:forge/:hook" };
	size_t i, k;
	int is_open;

	(void)unused;
	for (i = 0; i < routes_len; i++) {
		for (is_open = 0, k = 0; k < sizeof(open) / sizeof(open[0]);
		     k++)
			is_open |= strcmp(routes[i].path, open[k]) == 0;
		assert_int_equal(routes[i].least == ROLE_NONE, is_open);
	}
}

static void
who_changes_is_at_least_member(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < routes_len; i++) {
		if (strcmp(routes[i].method, "GET") != 0 &&
		    routes[i].stream == NULL)
			assert_true(routes[i].least >= ROLE_MEMBER);
	}
}

static void
a_role_may_what_the_table_says(void **unused)
{
	struct actor a;
	size_t i;
	int role;
	enum auth_verdict v;

	(void)unused;
	memset(&a, 0, sizeof(a));
	for (i = 0; i < routes_len; i++) {
		for (role = ROLE_NONE; role < ROLES; role++) {
			a.role = (enum role)role;
			v = auth_judge(&a, &routes[i]);
			if (routes[i].is_local || a.role < routes[i].least)
				assert_int_equal(v,
				    a.role == ROLE_NONE ? AUTH_NO_KEY
							: AUTH_NOT_ENOUGH);
			else
				assert_int_equal(v, AUTH_OK);
		}
		auth_local(&a, 0);
		assert_int_equal(auth_judge(&a, &routes[i]), AUTH_OK);
		memset(&a, 0, sizeof(a));
	}
}

static void
a_wrong_method_is_told_the_right_ones(void **unused)
{
	(void)unused;
	assert_null(find("PATCH", "/api/projects"));
	assert_string_equal(m.allow, "GET, HEAD, POST");
	assert_null(find("POST", "/health"));
	assert_string_equal(m.allow, "GET, HEAD");
	assert_ptr_equal(find("HEAD", "/health"), find("GET", "/health"));
}

static void
unknown_paths_have_no_row(void **unused)
{
	static const char *const paths[] = { "/", "", "/api/", "/apis",
		"/api/projects/", "/api/projects//builds", "//api/projects",
		"/api/projects/1/builds/", "/api/builds/1/artifacts/",
		"/webhook", "/webhook/", "/webhook/github/x/y", "api" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_null(find("GET", paths[i]));
		assert_string_equal(m.allow, "");
	}
}

static void
parameters_are_the_pieces_as_sent(void **unused)
{
	(void)unused;
	assert_non_null(find("GET", "/api/projects/a%2Fb/builds"));
	assert_int_equal(m.params_len, 1);
	assert_int_equal(m.params[0].name_len, strlen("project"));
	assert_memory_equal(m.params[0].name, "project", strlen("project"));
	assert_int_equal(m.params[0].value_len, 5);
	assert_memory_equal(m.params[0].value, "a%2Fb", 5);
	assert_non_null(find("GET", "/api/builds/3/artifacts/a/b/c.txt"));
	assert_int_equal(m.params_len, 2);
	assert_int_equal(m.params[1].value_len, strlen("a/b/c.txt"));
}

static void
a_route_takes_its_own_queries_only(void **unused)
{
	const struct route *r = find("GET", "/api/builds");

	(void)unused;
	assert_true(route_takes(r, "limit"));
	assert_true(route_takes(r, "status"));
	assert_false(route_takes(r, "lim"));
	assert_false(route_takes(r, "limit offset"));
	assert_false(route_takes(r, ""));
	assert_false(route_takes(find("GET", "/health"), "x"));
	assert_true(route_takes(find("POST", "/webhook/github"), "project"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_by_its_path),
		cmocka_unit_test(every_row_has_one_who_answers),
		cmocka_unit_test(objects_are_named_in_the_path),
		cmocka_unit_test(only_these_need_no_key),
		cmocka_unit_test(who_changes_is_at_least_member),
		cmocka_unit_test(a_role_may_what_the_table_says),
		cmocka_unit_test(a_wrong_method_is_told_the_right_ones),
		cmocka_unit_test(unknown_paths_have_no_row),
		cmocka_unit_test(parameters_are_the_pieces_as_sent),
		cmocka_unit_test(a_route_takes_its_own_queries_only),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
