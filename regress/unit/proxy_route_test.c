#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "msg_route.h"
#include "route.h"

static struct route_table *table;

static int
make_table(void **unused)
{
	(void)unused;
	return (table = route_table_new(0)) == NULL ? -1 : 0;
}

static int
free_table(void **unused)
{
	(void)unused;
	route_table_free(table);
	return 0;
}

static struct route *
put(const char *host, const char *prefix)
{
	struct msg_route m;
	struct route *r;

	memset(&m, 0, sizeof(m));
	snprintf(m.host, sizeof(m.host), "%s", host);
	snprintf(m.prefix, sizeof(m.prefix), "%s", prefix);
	assert_non_null(r = route_new(&m, NULL));
	route_unref(route_put(table, r));
	return r;
}

static struct route *
find(const char *host, const char *path, const char *domain)
{
	struct route_key k = { host, strlen(host), path, strlen(path) };

	return route_find(table, &k, domain);
}

static void
a_prefix_takes_itself_and_what_lies_below(void **unused)
{
	struct route *r = put("", "/hello");

	(void)unused;
	assert_ptr_equal(find("a.example", "/hello", ""), r);
	assert_ptr_equal(find("a.example", "/hello/", ""), r);
	assert_ptr_equal(find("a.example", "/hello/x/y", ""), r);
	assert_ptr_equal(find("", "/hello?q", ""), r);
	assert_null(find("a.example", "/hellox", ""));
	assert_null(find("a.example", "/hell", ""));
	assert_null(find("a.example", "/x/hello", ""));
	assert_null(find("a.example", "//hello", ""));
	assert_null(find("a.example", "/", ""));
	assert_null(find("a.example", "", ""));
	assert_null(find("a.example", "*", ""));
	assert_null(find("a.example", "/Hello", ""));
}

static void
routes_for_any_host_stay_on_the_domain(void **unused)
{
	struct route *r = put("", "/hello");

	(void)unused;
	assert_ptr_equal(find("App.Example", "/hello", "app.example"), r);
	assert_null(find("b.app.example", "/hello", "app.example"));
	assert_null(find("app.example.", "/hello", "app.example"));
	assert_null(find("", "/hello", "app.example"));
}

static void
a_host_of_its_own_comes_first(void **unused)
{
	struct route *any = put("", "/hello");
	struct route *own = put("Shop.Example", "");
	struct route *part = put("shop.example", "/admin");

	(void)unused;
	assert_ptr_equal(find("shop.example", "/hello", ""), own);
	assert_ptr_equal(find("SHOP.example", "/", ""), own);
	assert_ptr_equal(find("shop.example", "", ""), own);
	assert_ptr_equal(find("shop.example", "/admin/x", ""), part);
	assert_ptr_equal(find("other.example", "/hello", ""), any);
	assert_null(find("other.example", "/admin", ""));
}

static void
a_route_is_replaced_by_its_key(void **unused)
{
	struct route *old = put("a.example", "/x"), *new;

	(void)unused;
	route_ref(old);
	new = put("A.example", "/x");
	assert_int_equal(route_count(table), 1);
	assert_ptr_equal(find("a.example", "/x", ""), new);
	/* Who is in the middle of a request still has the old one. */
	assert_string_equal(old->prefix, "/x");
	route_unref(old);
}

static void
a_route_is_taken_by_its_key(void **unused)
{
	struct route *r = put("a.example", "/x");

	(void)unused;
	put("", "/x");
	assert_null(route_take(table, "b.example", "/x"));
	assert_ptr_equal(route_take(table, "a.example", "/x"), r);
	route_unref(r);
	assert_int_equal(route_count(table), 1);
	assert_null(route_take(table, "a.example", "/x"));
	assert_non_null(find("a.example", "/x", ""));
}

static void
ten_thousand_routes_are_all_found(void **unused)
{
	char prefix[ROUTE_PREFIX_MAX];
	struct route *r;
	int i;

	(void)unused;
	for (i = 0; i < 10000; i++) {
		snprintf(prefix, sizeof(prefix), "/p-%d", i);
		put("", prefix);
	}
	assert_int_equal(route_count(table), 10000);
	for (i = 0; i < 10000; i++) {
		snprintf(prefix, sizeof(prefix), "/p-%d", i);
		assert_non_null(r = find("a", prefix, ""));
		assert_string_equal(r->prefix, prefix);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_table, free_table)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_prefix_takes_itself_and_what_lies_below),
		TEST(routes_for_any_host_stay_on_the_domain),
		TEST(a_host_of_its_own_comes_first),
		TEST(a_route_is_replaced_by_its_key),
		TEST(a_route_is_taken_by_its_key),
		TEST(ten_thousand_routes_are_all_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
