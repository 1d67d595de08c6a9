/*
 * Fills the template with what libFuzzer makes of a build's document and
 * looks at the request that comes out: whatever the document says, nothing
 * may be in it but what template.c decides and the data it lets through.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "build_spec.h"
#include "cache.h"
#include "env.h"
#include "msg_conf.h"
#include "schema.h"
#include "spec.h"
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define INSTANCE "6f6a2f6e-0000-4000-8000-000000000000"

static const struct template_ceiling ceiling = { 1 << 30, 2000000000, 1 << 26,
	4096, "" };

static void
must(int holds)
{
	if (!holds)
		abort();
}

static struct json_object *
get(struct json_object *o, const char *key)
{
	struct json_object *at = NULL;

	json_object_object_get_ex(o, key, &at);
	return at;
}

static const char *
text(struct json_object *o, const char *key)
{
	const char *s = json_object_get_string(get(o, key));

	return s == NULL ? "" : s;
}

/* Every member is one of the words, each with a blank behind it. */
static void
check_members(struct json_object *o, const char *words)
{
	char word[64];

	must(json_object_is_type(o, json_type_object));
	json_object_object_foreach(o, key, unused)
	{
		(void)unused;
		must(strlen(key) + 2 < sizeof(word));
		snprintf(word, sizeof(word), "%s ", key);
		must(strstr(words, word) != NULL);
	}
}

static void
check_is(struct json_object *o, const char *want)
{
	must(o != NULL);
	must(
	    strcmp(json_object_to_json_string_ext(o,
		       JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
		want) == 0);
}

static void
check_mounts(struct json_object *list)
{
	struct json_object *m, *options;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		m = json_object_array_get_idx(list, i);
		check_members(m, "Type Source Target ReadOnly VolumeOptions ");
		must(strcmp(text(m, "Type"), "volume") == 0);
		must(strncmp(text(m, "Source"), "cid-6f6a2f6e-", 13) == 0);
		must(template_is_target(text(m, "Target")));
		options = get(m, "VolumeOptions");
		check_members(options, "NoCopy DriverConfig Labels ");
		check_is(get(options, "DriverConfig"), "{\"Name\":\"local\"}");
	}
}

static void
check_host(struct json_object *h)
{
	check_members(h,
	    "Init Privileged CapDrop CapAdd SecurityOpt IpcMode "
	    "CgroupnsMode PublishAllPorts ReadonlyRootfs Tmpfs "
	    "RestartPolicy Memory MemorySwap NanoCpus PidsLimit "
	    "OomScoreAdj LogConfig Mounts NetworkMode ");
	check_is(get(h, "Privileged"), "false");
	check_is(get(h, "CapDrop"), "[\"ALL\"]");
	check_is(get(h, "CapAdd"),
	    "[\"CHOWN\",\"DAC_OVERRIDE\",\"FOWNER\",\"FSETID\",\"SETUID\","
	    "\"SETGID\",\"KILL\",\"NET_BIND_SERVICE\"]");
	check_is(get(h, "SecurityOpt"), "[\"no-new-privileges\"]");
	check_is(get(h, "PublishAllPorts"), "false");
	check_is(get(h, "RestartPolicy"), "{\"Name\":\"no\"}");
	check_is(get(h, "OomScoreAdj"), "500");
	must(strcmp(text(h, "NetworkMode"), "none") == 0 ||
	    strcmp(text(h, "NetworkMode"), "cid-6f6a2f6e-build-1-1") == 0);
	must(json_object_get_int64(get(h, "Memory")) <= 1 << 30);
	must(json_object_get_int64(get(h, "NanoCpus")) <= 2000000000);
	must(json_object_get_int64(get(h, "PidsLimit")) <= 4096);
	check_mounts(get(h, "Mounts"));
}

static void
check_labels(struct json_object *labels)
{
	must(strcmp(text(labels, "cid.instance"), INSTANCE) == 0);
	must(strcmp(text(labels, "cid.kind"), "build") == 0);
	json_object_object_foreach(labels, key, unused)
	{
		(void)unused;
		must(strncmp(key, "cid.", 4) == 0);
	}
}

static void
check_body(const char *body, size_t len)
{
	struct json_object *o = json_tokener_parse(body);

	must(o != NULL && strlen(body) == len);
	check_members(o,
	    "Image Entrypoint Cmd User Healthcheck Tty OpenStdin "
	    "WorkingDir Env Labels HostConfig ");
	check_is(get(o, "User"), "\"0:0\"");
	check_is(get(o, "Tty"), "false");
	check_is(get(o, "Healthcheck"), "{\"Test\":[\"NONE\"]}");
	must(strncmp(text(o, "WorkingDir"), "/app", 4) == 0);
	check_labels(get(o, "Labels"));
	check_host(get(o, "HostConfig"));
	json_object_put(o);
}

/* As build_create.c does it, with the image as it was named. */
static void
make(struct spec_build *s)
{
	static struct template t;
	char directory[SPEC_PATH_MAX + 8], *body;
	struct env env;
	size_t len;

	memset(&t, 0, sizeof(t));
	env_init(&env);
	t.label.kind = LABEL_BUILD;
	strlcpy(t.label.instance, INSTANCE, sizeof(t.label.instance));
	strlcpy(t.label.project, s->project, sizeof(t.label.project));
	t.label.project_id = 1;
	snprintf(directory, sizeof(directory), "/app%s%s",
	    s->working_directory[0] != '\0' ? "/" : "", s->working_directory);
	t.kind = TEMPLATE_BUILD;
	t.image = s->image;
	t.argv = s->command.items;
	t.argc = s->command.len;
	t.env = &env;
	t.working_directory = directory;
	t.network = s->network ? "cid-6f6a2f6e-build-1-1" : NULL;
	t.limits = s->limits;
	if (env_add_pairs(&env, &s->env) == 0 &&
	    cache_mount(&t, s) == REASON_NONE &&
	    template_check(&t, &ceiling) == REASON_NONE) {
		body = template_container(&t, &ceiling, &len);
		must(body != NULL);
		check_body(body, len);
		free(body);
	}
	env_free(&env);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct msg_conf_builder conf;
	struct schema_error e;
	struct spec_build s;
	struct spec_job j;

	memset(&conf, 0, sizeof(conf));
	conf.memory_max = 1 << 30;
	conf.nano_cpus_max = 2000000000;
	conf.pids_max = 4096;
	conf.log_max = 1 << 26;
	conf.build_timeout_s = 600;
	if (schema_parse(&spec_build_schema, (const char *)data, size, &s, NULL,
		&e) == -1)
		return 0;
	memset(&j, 0, sizeof(j));
	strlcpy(j.project, s.project, sizeof(j.project));
	strlcpy(j.environment, s.environment, sizeof(j.environment));
	j.build_type = s.build_type;
	if (build_spec_check(&s, &j, &conf) == REASON_NONE)
		make(&s);
	schema_free(&spec_build_schema, &s);
	return 0;
}
