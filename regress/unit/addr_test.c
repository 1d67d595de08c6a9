#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "addr.h"
#include "msg_conf.h"

static const struct conf_hostport allow[] = {
	{ "git.example", 8443 },
	{ "registry.example", 0 },
};

static enum addr_verdict
judge(const char *addr, const char *host, uint32_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

	memset(&ss, 0, sizeof(ss));
	if (inet_pton(AF_INET, addr, &in4->sin_addr) == 1) {
		ss.ss_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, addr, &in6->sin6_addr), 1);
		ss.ss_family = AF_INET6;
	}
	return addr_judge((struct sockaddr *)&ss, host, port, allow, 2);
}

static const char *const refused[] = {
	"0.0.0.0",
	"0.1.2.3",
	"10.0.0.1",
	"10.255.255.255",
	"100.64.0.1",
	"100.127.255.255",
	"127.0.0.1",
	"127.255.255.254",
	"169.254.169.254",
	"172.16.0.1",
	"172.31.255.255",
	"192.0.0.8",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.1.1",
	"198.18.0.1",
	"198.19.255.255",
	"198.51.100.7",
	"203.0.113.9",
	"224.0.0.1",
	"239.255.255.250",
	"240.0.0.1",
	"255.255.255.255",
	"::",
	"::1",
	"::7f00:1",
	"::ffff:127.0.0.1",
	"::ffff:10.1.2.3",
	"::ffff:0:192.168.0.1",
	"64:ff9b::127.0.0.1",
	"64:ff9b::a9fe:a9fe",
	"64:ff9b:1::1.2.3.4",
	"100::1",
	"2001::1",
	"2001:2::1",
	"2001:10::1",
	"2001:db8::1",
	"2002:7f00:1::",
	"2002:a00:1::1",
	"2002:c0a8:101::",
	"3fff::1",
	"5f00::1",
	"fc00::1",
	"fdff:ffff::1",
	"fe80::1",
	"febf::1",
	"fec0::1",
	"ff02::1",
};

static const char *const public[] = {
	"1.1.1.1",
	"9.255.255.255",
	"11.0.0.0",
	"100.63.255.255",
	"100.128.0.0",
	"126.255.255.255",
	"128.0.0.1",
	"172.15.255.255",
	"172.32.0.0",
	"192.0.1.1",
	"192.167.255.255",
	"198.17.255.255",
	"198.20.0.0",
	"223.255.255.255",
	"2606:4700::1",
	"2001:200::1",
	"2a00:1450::1",
	"3ffe::1",
	"::ffff:1.1.1.1",
	"64:ff9b::1.1.1.1",
	"2002:101:101::1",
};

static void
only_public_addresses_are_called(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (judge(refused[i], "x.example", 443) != ADDR_REFUSED)
			fail_msg("%s", refused[i]);
	}
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
		if (judge(public[i], "x.example", 443) != ADDR_PUBLIC)
			fail_msg("%s", public[i]);
	}
}

static void
the_operator_names_host_and_port(void **unused)
{
	(void)unused;
	assert_int_equal(judge("10.0.0.1", "git.example", 8443), ADDR_ALLOWED);
	assert_int_equal(judge("::1", "GIT.example", 8443), ADDR_ALLOWED);
	assert_int_equal(judge("10.0.0.1", "git.example", 443), ADDR_REFUSED);
	assert_int_equal(judge("10.0.0.1", "git.example.x", 8443),
	    ADDR_REFUSED);
	assert_int_equal(judge("10.0.0.1", "registry.example", 1),
	    ADDR_ALLOWED);
	assert_int_equal(judge("1.1.1.1", "git.example", 1), ADDR_PUBLIC);
}

static void
other_families_are_refused(void **unused)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };

	(void)unused;
	assert_int_equal(addr_judge(&sa, "registry.example", 1, allow, 2),
	    ADDR_REFUSED);
}

static void
a_pool_is_a_private_network(void **unused)
{
	static const char *const bad[] = { "", "10.213.0.0", "10.213.0.0/",
		"10.213.0.0/28", "10.0.0.0/7", "10.213.0.1/16", "10.213/16",
		"8.8.0.0/16", "127.0.0.0/8", "10.213.0.0/16x", "/16",
		"10.213.0.0/-1", "192.168.0.0/15", "fd00::/8",
		"1000.1000.1000.1000/16" };
	struct conf_pool pool;
	size_t i;

	(void)unused;
	assert_int_equal(addr_parse_pool("10.213.0.0/16", &pool), 0);
	assert_int_equal(pool.net, 0x0ad50000);
	assert_int_equal(pool.bits, 16);
	assert_int_equal(addr_parse_pool("10.0.0.0/8", &pool), 0);
	assert_int_equal(addr_pool_nets(&pool), ADDR_NETS_MAX);
	assert_int_equal(addr_parse_pool("192.168.7.32/27", &pool), 0);
	assert_int_equal(addr_pool_nets(&pool), 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (addr_parse_pool(bad[i], &pool) != -1)
			fail_msg("%s", bad[i]);
	}
}

static void
each_slot_has_an_address_of_its_own(void **unused)
{
	const struct conf_pool pool = { 0x0ad50000, 16 };
	uint32_t addr = 0;
	char buf[16];

	(void)unused;
	assert_int_equal(addr_pool_nets(&pool), 2048);
	assert_int_equal(addr_slot(&pool, 0, 0, &addr), 0);
	assert_string_equal(addr_print(addr, buf, sizeof(buf)), "10.213.0.2");
	assert_int_equal(addr_slot(&pool, 9, 1, &addr), 0);
	assert_string_equal(addr_print(addr, buf, sizeof(buf)), "10.213.1.35");
	assert_int_equal(addr_slot(&pool, 2047, 1, &addr), 0);
	assert_string_equal(addr_print(addr, buf, sizeof(buf)),
	    "10.213.255.227");
	assert_true(addr_in_pool(&pool, addr));
	assert_int_equal(addr_slot(&pool, 2048, 0, &addr), -1);
	assert_int_equal(addr_slot(&pool, UINT32_MAX, 0, &addr), -1);
	assert_int_equal(addr_slot(&pool, 0, 2, &addr), -1);
	assert_false(addr_in_pool(&pool, 0x0ad60000));
	assert_false(addr_in_pool(&pool, 0x0ad4ffff));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_addresses_are_called),
		cmocka_unit_test(the_operator_names_host_and_port),
		cmocka_unit_test(other_families_are_refused),
		cmocka_unit_test(a_pool_is_a_private_network),
		cmocka_unit_test(each_slot_has_an_address_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
