#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "env.h"
#include "json.h"
#include "template.h"
#include "template_network.h"

#define ID \
	"sha256:" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct template_ceiling ceiling = { 1 << 30, 2000000000, 1 << 26,
	512, "" };

static void
fill(struct template *t, enum template_kind kind)
{
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->image = ID;
	t->working_directory = "/app";
	t->limits.memory = 64 << 20;
	t->limits.nano_cpus = 500000000;
	t->limits.pids = 100;
	t->limits.log = 1 << 20;
	t->label.kind = LABEL_BUILD;
	strlcpy(t->label.instance, "6f6a2f6e-0000-4000-8000-000000000000",
	    sizeof(t->label.instance));
	t->label.project_id = 7;
}

static struct json_object *
make(const struct template *t)
{
	struct json_object *o;
	char *body;
	size_t len;

	assert_int_equal(template_check(t, &ceiling), REASON_NONE);
	assert_non_null(body = template_container(t, &ceiling, &len));
	assert_int_equal(strlen(body), len);
	assert_non_null(o = json_read(body, len));
	free(body);
	return o;
}

static void
a_container_has_few_rights(void **unused)
{
	struct template t;
	struct json_object *o, *list;

	(void)unused;
	fill(&t, TEMPLATE_BUILD);
	o = make(&t);
	assert_int_equal(json_flag(o, "HostConfig.Privileged"), 0);
	list = json_at(o, "HostConfig.CapDrop");
	assert_string_equal(json_text(json_item(list, 0), ""), "ALL");
	assert_int_equal(json_len(json_at(o, "HostConfig.CapAdd")), 8);
	list = json_at(o, "HostConfig.SecurityOpt");
	assert_int_equal(json_len(list), 1);
	assert_string_equal(json_text(json_item(list, 0), ""),
	    "no-new-privileges");
	assert_string_equal(json_text(o, "HostConfig.NetworkMode"), "none");
	assert_string_equal(json_text(o, "User"), "0:0");
	assert_null(json_at(o, "HostConfig.Binds"));
	assert_null(json_at(o, "HostConfig.Devices"));
	assert_null(json_at(o, "HostConfig.CgroupParent"));
	json_free(o);
}

static void
a_release_runs_as_its_image_says(void **unused)
{
	struct template t;
	struct json_object *o;

	(void)unused;
	fill(&t, TEMPLATE_SLOT);
	t.working_directory = "";
	o = make(&t);
	assert_null(json_at(o, "User"));
	assert_null(json_at(o, "WorkingDir"));
	assert_null(json_at(o, "Entrypoint"));
	assert_int_equal(json_number(o, "StopTimeout"), 10);
	json_free(o);
}

static void
a_command_replaces_the_entry_point(void **unused)
{
	char sh[] = "sh", c[] = "-c";
	char *const argv[] = { sh, c };
	struct template t;
	struct json_object *o;

	(void)unused;
	fill(&t, TEMPLATE_SLOT);
	t.argv = argv;
	t.argc = 2;
	o = make(&t);
	assert_int_equal(json_len(json_at(o, "Entrypoint")), 2);
	assert_non_null(json_at(o, "Cmd"));
	assert_int_equal(json_len(json_at(o, "Cmd")), 0);
	json_free(o);
}

static void
ports_are_published_on_the_loopback_only(void **unused)
{
	struct template t;
	struct json_object *o, *list;

	(void)unused;
	fill(&t, TEMPLATE_SLOT);
	t.network = "cid-6f6a2f6e-env-1";
	t.address = 0x0ad50002;
	t.port = 8080;
	t.publish = 9011;
	o = make(&t);
	list = json_at(o, "HostConfig.PortBindings.8080/tcp");
	assert_int_equal(json_len(list), 1);
	assert_string_equal(json_text(json_item(list, 0), "HostIp"),
	    "127.0.0.1");
	assert_string_equal(json_text(json_item(list, 0), "HostPort"), "9011");
	assert_string_equal(json_text(o,
				"NetworkingConfig.EndpointsConfig."
				"cid-6f6a2f6e-env-1.IPAMConfig.IPv4Address"),
	    "10.213.0.2");
	json_free(o);
}

static void
mounts_are_volumes_without_options(void **unused)
{
	struct template t;
	struct json_object *o, *m;

	(void)unused;
	fill(&t, TEMPLATE_BUILD);
	assert_int_equal(template_add_mount(&t, "cid-v", "/output",
			     LABEL_OUTPUT, 0),
	    REASON_NONE);
	o = make(&t);
	m = json_item(json_at(o, "HostConfig.Mounts"), 0);
	assert_string_equal(json_text(m, "Type"), "volume");
	assert_string_equal(json_text(m, "Source"), "cid-v");
	assert_int_equal(json_flag(m, "VolumeOptions.NoCopy"), 1);
	assert_string_equal(json_text(m, "VolumeOptions.DriverConfig.Name"),
	    "local");
	assert_null(json_at(m, "VolumeOptions.DriverConfig.Options"));
	assert_string_equal(json_label(json_at(m, "VolumeOptions.Labels"),
				"cid.kind"),
	    "output");
	json_free(o);
}

static void
nothing_is_mounted_over_the_system(void **unused)
{
	static const char *const bad[] = { "", "/", "x", "/proc", "/proc/x",
		"/sys", "/dev/shm", "/run", "/run/docker.sock", "/var/run/x",
		"/a/../proc", "/a/./b", "/a//b", "/a/", "/..", "/a:b",
		"/a\nb" };
	static const char *const good[] = { "/app", "/root/.npm",
		"/usr/local/cargo/registry", "/process", "/devel", "/a..b" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(template_is_target(bad[i]), 0);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(template_is_target(good[i]), 1);
}

static void
two_volumes_do_not_share_a_place(void **unused)
{
	struct template t;
	char name[16] = "cid-0";
	size_t i;

	(void)unused;
	fill(&t, TEMPLATE_BUILD);
	assert_int_equal(template_add_mount(&t, "a", "/x", LABEL_CACHE, 0),
	    REASON_NONE);
	assert_int_equal(template_add_mount(&t, "b", "/x", LABEL_CACHE, 0),
	    REASON_SPEC_INVALID);
	assert_int_equal(template_add_mount(&t, "../b", "/y", LABEL_CACHE, 0),
	    REASON_SPEC_INVALID);
	for (i = 1; i < TEMPLATE_MOUNTS_MAX; i++) {
		char path[8] = "/a";

		path[1] = (char)('A' + i);
		assert_int_equal(template_add_mount(&t, name, path, LABEL_CACHE,
				     0),
		    REASON_NONE);
	}
	assert_int_equal(template_add_mount(&t, "c", "/z", LABEL_CACHE, 0),
	    REASON_SPEC_INVALID);
}

static void
no_limit_goes_above_the_operators(void **unused)
{
	struct template t;

	(void)unused;
	fill(&t, TEMPLATE_BUILD);
	t.limits.memory = (1 << 30) + 1;
	assert_int_equal(template_check(&t, &ceiling), REASON_LIMIT_TOO_HIGH);
	fill(&t, TEMPLATE_BUILD);
	t.limits.memory = 0; /* the engine reads that as no limit */
	assert_int_equal(template_check(&t, &ceiling), REASON_LIMIT_TOO_HIGH);
	fill(&t, TEMPLATE_BUILD);
	t.limits.pids = -1;
	assert_int_equal(template_check(&t, &ceiling), REASON_LIMIT_TOO_HIGH);
	fill(&t, TEMPLATE_SLOT);
	t.limits.nano_cpus = 2000000001;
	assert_int_equal(template_check(&t, &ceiling), REASON_LIMIT_TOO_HIGH);
	fill(&t, TEMPLATE_BUILD);
	t.limits.log = 0;
	assert_int_equal(template_check(&t, &ceiling), REASON_LIMIT_TOO_HIGH);
}

static void
odd_data_makes_no_container(void **unused)
{
	char empty[] = "";
	char *const argv[] = { empty };
	struct template t;

	(void)unused;
	fill(&t, TEMPLATE_BUILD);
	t.image = "../../x";
	assert_int_equal(template_check(&t, &ceiling), REASON_SPEC_INVALID);
	fill(&t, TEMPLATE_BUILD);
	t.working_directory = "/app/../etc";
	assert_int_equal(template_check(&t, &ceiling), REASON_SPEC_INVALID);
	fill(&t, TEMPLATE_BUILD);
	t.network = "host/x";
	assert_int_equal(template_check(&t, &ceiling), REASON_SPEC_INVALID);
	fill(&t, TEMPLATE_BUILD);
	t.argv = argv;
	t.argc = 1;
	assert_int_equal(template_check(&t, &ceiling), REASON_SPEC_INVALID);
}

static void
labels_come_back_as_written(void **unused)
{
	struct label l, r;
	struct json_object *o;

	(void)unused;
	memset(&l, 0, sizeof(l));
	l.kind = LABEL_SLOT;
	strlcpy(l.instance, "i", sizeof(l.instance));
	strlcpy(l.project, "p", sizeof(l.project));
	strlcpy(l.environment, "production", sizeof(l.environment));
	l.project_id = UINT64_MAX;
	l.env_id = 2;
	l.build_id = 3;
	l.release_id = 4;
	l.number = UINT32_MAX;
	l.attempt = 6;
	l.net = 7;
	l.slot = 1;
	l.port = 8080;
	o = label_write(&l);
	label_read(o, "i", &r);
	assert_memory_equal(&l, &r, sizeof(l));
	label_read(o, "other", &r);
	assert_int_equal(r.kind, LABEL_OTHER);
	assert_int_equal(r.project_id, 0);
	json_free(o);
}

static void
a_network_is_told_from_another(void **unused)
{
	struct template_network t, other;
	struct json_object *o;
	char *body;
	size_t len;

	(void)unused;
	memset(&t, 0, sizeof(t));
	strlcpy(t.name, "cid-6f6a2f6e-env-1", sizeof(t.name));
	strlcpy(t.bridge, "cid-6f6a-1", sizeof(t.bridge));
	t.base = 0x0ad50020;
	t.label.kind = LABEL_NETWORK;
	strlcpy(t.label.instance, "i", sizeof(t.label.instance));
	t.label.project_id = 1;
	t.label.env_id = 1;
	assert_non_null(body = template_network(&t, &len));
	assert_non_null(o = json_read(body, len));
	assert_string_equal(json_text(json_item(json_at(o, "IPAM.Config"), 0),
				"Subnet"),
	    "10.213.0.32/27");
	assert_string_equal(json_text(json_item(json_at(o, "IPAM.Config"), 0),
				"IPRange"),
	    "10.213.0.48/28");
	assert_string_equal(json_text(json_item(json_at(o, "IPAM.Config"), 0),
				"Gateway"),
	    "10.213.0.33");
	/* What is asked for is also what inspect shows of these. */
	assert_int_equal(template_is_network(&t, body, len), 1);
	other = t;
	other.base = 0x0ad50040;
	assert_int_equal(template_is_network(&other, body, len), 0);
	other = t;
	other.label.env_id = 2;
	assert_int_equal(template_is_network(&other, body, len), 0);
	assert_int_equal(template_is_network_of(body, len, "i"), 1);
	assert_int_equal(template_is_network_of(body, len, "j"), 0);
	json_free(o);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_has_few_rights),
		cmocka_unit_test(a_release_runs_as_its_image_says),
		cmocka_unit_test(a_command_replaces_the_entry_point),
		cmocka_unit_test(ports_are_published_on_the_loopback_only),
		cmocka_unit_test(mounts_are_volumes_without_options),
		cmocka_unit_test(nothing_is_mounted_over_the_system),
		cmocka_unit_test(two_volumes_do_not_share_a_place),
		cmocka_unit_test(no_limit_goes_above_the_operators),
		cmocka_unit_test(odd_data_makes_no_container),
		cmocka_unit_test(labels_come_back_as_written),
		cmocka_unit_test(a_network_is_told_from_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
