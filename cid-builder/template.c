/*
 * What a container of cid may be, whatever a message says (S1).  Policy in
 * constants, data in struct template; nothing else gets into the body of a
 * create request.  Pure.
 */

#include <arpa/inet.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "addr.h"
#include "docker_call.h"
#include "env.h"
#include "logindex.h"
#include "template.h"

#define ARGV_MAX 1024
#define ARGV_BYTES_MAX 131072
#define MEMORY_MIN (6L * 1024 * 1024) /* the engine refuses less */
#define LOG_SLACK (8L * 1024 * 1024)
#define SLOT_LOG "10485760"
#define STOP_TIMEOUT_S 10

/* What root may still do in its container. */
static const char *const capabilities[] = { "CHOWN", "DAC_OVERRIDE", "FOWNER",
	"FSETID", "SETUID", "SETGID", "KILL", "NET_BIND_SERVICE" };

static int
is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 &&
	    (path[len] == '\0' || path[len] == '/');
}

/* An absolute path in its shortest form. */
static int
is_clean(const char *path)
{
	const char *p;
	size_t n;

	if (path[0] != '/' || path[1] == '\0' || strlen(path) >= SPEC_PATH_MAX)
		return 0;
	for (p = path + 1;; p += n + 1) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return 0;
		if (p[n] == '\0')
			return 1;
	}
}

/* Say whether a volume may be mounted there. */
int
template_is_target(const char *path)
{
	static const char *const forbidden[] = { "/proc", "/sys", "/dev",
		"/run", "/var/run" };
	const char *p;
	size_t i;

	if (!is_clean(path))
		return 0;
	for (p = path; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == ':')
			return 0;
	}
	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		if (is_below(path, forbidden[i]))
			return 0;
	}
	return 1;
}

/* Returns REASON_NONE or why not. */
enum reason
template_add_mount(struct template *t, const char *volume, const char *target,
    enum label_kind kind, int read_only)
{
	struct template_mount *m = &t->mounts[t->mounts_len];
	size_t i;

	if (t->mounts_len >= TEMPLATE_MOUNTS_MAX ||
	    !template_is_target(target) || !docker_call_is_name(volume))
		return REASON_SPEC_INVALID;
	for (i = 0; i < t->mounts_len; i++) {
		if (strcmp(t->mounts[i].target, target) == 0)
			return REASON_SPEC_INVALID;
	}
	strlcpy(m->volume, volume, sizeof(m->volume));
	strlcpy(m->target, target, sizeof(m->target));
	m->kind = kind;
	m->read_only = read_only;
	t->mounts_len++;
	return REASON_NONE;
}

static int
is_argv(const struct template *t)
{
	size_t i, bytes = 0;

	if (t->argc > ARGV_MAX)
		return 0;
	for (i = 0; i < t->argc; i++)
		bytes += strlen(t->argv[i]);
	return bytes <= ARGV_BYTES_MAX && (t->argc == 0 || t->argv[0][0] != 0);
}

static int
is_image(const char *image)
{
	return docker_call_is_id(image) || name_is_image(image);
}

static int
is_over(int64_t wish, int64_t least, uint64_t most)
{
	return wish < least || (uint64_t)wish > most;
}

/*
 * Say whether a container may be made like this: REASON_NONE, LIMIT_TOO_HIGH
 * or SPEC_INVALID.
 */
enum reason
template_check(const struct template *t, const struct template_ceiling *c)
{
	const struct spec_limits *l = &t->limits;

	if (t->kind >= TEMPLATE_KINDS || !is_image(t->image) || !is_argv(t))
		return REASON_SPEC_INVALID;
	if (*t->working_directory != '\0' && !is_clean(t->working_directory))
		return REASON_SPEC_INVALID;
	if (t->network != NULL && !docker_call_is_name(t->network))
		return REASON_SPEC_INVALID;
	if (t->port > UINT16_MAX || t->publish > UINT16_MAX)
		return REASON_SPEC_INVALID;
	if (t->kind == TEMPLATE_SHELF)
		return REASON_NONE;
	if (is_over(l->memory, MEMORY_MIN, c->memory) ||
	    is_over(l->nano_cpus, 1, c->nano_cpus) ||
	    is_over(l->pids, 1, c->pids))
		return REASON_LIMIT_TOO_HIGH;
	if (t->kind == TEMPLATE_BUILD && is_over(l->log, 1, c->log))
		return REASON_LIMIT_TOO_HIGH;
	return REASON_NONE;
}

static void
put(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static void
put_flag(struct json_object *o, const char *key, int value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

static void
put_number(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

static struct json_object *
put_object(struct json_object *o, const char *key)
{
	struct json_object *sub = json_object_new_object();

	json_object_object_add(o, key, sub);
	return sub;
}

static struct json_object *
put_array(struct json_object *o, const char *key)
{
	struct json_object *sub = json_object_new_array();

	json_object_object_add(o, key, sub);
	return sub;
}

static void
push(struct json_object *array, const char *value)
{
	json_object_array_add(array, json_object_new_string(value));
}

static void
put_mounts(struct json_object *host, const struct template *t)
{
	struct json_object *m, *v, *list = put_array(host, "Mounts");
	const struct template_mount *tm;
	struct label label;
	size_t i;

	for (i = 0; i < t->mounts_len; i++) {
		tm = &t->mounts[i];
		m = json_object_new_object();
		put(m, "Type", "volume");
		put(m, "Source", tm->volume);
		put(m, "Target", tm->target);
		put_flag(m, "ReadOnly", tm->read_only);
		v = put_object(m, "VolumeOptions");
		put_flag(v, "NoCopy", 1);
		put(put_object(v, "DriverConfig"), "Name", "local");
		label = t->label;
		label.kind = tm->kind;
		json_object_object_add(v, "Labels", label_write(&label));
		json_object_array_add(list, m);
	}
}

/*
 * The engine keeps a build's output so that it can be read again from its
 * start; compressed or rotated it could not.  There a line costs 28 bytes
 * besides its own; LINE_SHARE bounds their number, so that our limit is
 * always reached first.
 */
static void
put_log(struct json_object *host, const struct template *t)
{
	struct json_object *config, *log = put_object(host, "LogConfig");
	char size[24];

	snprintf(size, sizeof(size), "%" PRId64,
	    t->limits.log * (1L + 32 / LINE_SHARE) + LOG_SLACK);
	put(log, "Type", "local");
	config = put_object(log, "Config");
	put(config, "compress", "false");
	put(config, "max-file", t->kind == TEMPLATE_BUILD ? "1" : "2");
	put(config, "max-size", t->kind == TEMPLATE_BUILD ? size : SLOT_LOG);
}

static void
put_limits(struct json_object *host, const struct template *t)
{
	if (t->kind == TEMPLATE_SHELF)
		return;
	put_number(host, "Memory", t->limits.memory);
	put_number(host, "MemorySwap", t->limits.memory); /* no swap */
	put_number(host, "NanoCpus", t->limits.nano_cpus);
	put_number(host, "PidsLimit", t->limits.pids);
	/* Short of memory, a build goes before what visitors use. */
	put_number(host, "OomScoreAdj", t->kind == TEMPLATE_BUILD ? 500 : 0);
}

static void
put_security(struct json_object *host, const struct template *t,
    const struct template_ceiling *c)
{
	struct json_object *list;
	size_t i;

	put_flag(host, "Privileged", 0);
	push(put_array(host, "CapDrop"), "ALL");
	list = put_array(host, "CapAdd");
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		push(list, capabilities[i]);
	push(put_array(host, "SecurityOpt"), "no-new-privileges");
	put(host, "IpcMode", "private");
	put(host, "CgroupnsMode", "private");
	put_flag(host, "PublishAllPorts", 0);
	/*
	 * As process 1 an app that says nothing of SIGTERM would ignore it,
	 * and each release would wait for the engine to lose patience.
	 */
	put_flag(host, "Init", t->kind == TEMPLATE_SLOT);
	put_flag(host, "ReadonlyRootfs", t->read_only);
	if (t->read_only)
		put(put_object(host, "Tmpfs"), "/tmp",
		    "rw,nosuid,nodev,noexec,size=64m");
	if (*c->cgroup_parent != '\0')
		put(host, "CgroupParent", c->cgroup_parent);
	put(put_object(host, "RestartPolicy"), "Name", "no");
}

static void
put_network(struct json_object *o, struct json_object *host,
    const struct template *t)
{
	struct json_object *end;
	char address[INET_ADDRSTRLEN];

	put(host, "NetworkMode", t->network != NULL ? t->network : "none");
	if (t->network == NULL || t->address == 0)
		return;
	end = put_object(put_object(put_object(o, "NetworkingConfig"),
			     "EndpointsConfig"),
	    t->network);
	put(put_object(end, "IPAMConfig"), "IPv4Address",
	    addr_print(t->address, address, sizeof(address)));
}

static void
put_ports(struct json_object *o, struct json_object *host,
    const struct template *t)
{
	struct json_object *binding;
	char inside[16], outside[8];

	if (t->port == 0 || t->publish == 0)
		return;
	snprintf(inside, sizeof(inside), "%u/tcp", t->port);
	snprintf(outside, sizeof(outside), "%u", t->publish);
	put_object(put_object(o, "ExposedPorts"), inside);
	binding = json_object_new_object();
	put(binding, "HostIp", "127.0.0.1");
	put(binding, "HostPort", outside);
	json_object_array_add(put_array(put_object(host, "PortBindings"),
				  inside),
	    binding);
}

/* An entry point of the image would get the command as its arguments. */
static void
put_command(struct json_object *o, const struct template *t)
{
	struct json_object *list;
	size_t i;

	if (t->argc == 0)
		return;
	list = put_array(o, "Entrypoint");
	for (i = 0; i < t->argc; i++)
		push(list, t->argv[i]);
	put_array(o, "Cmd");
}

static void
put_kind(struct json_object *o, const struct template *t)
{
	if (t->kind == TEMPLATE_BUILD) {
		put(o, "User", "0:0");
		push(put_array(put_object(o, "Healthcheck"), "Test"), "NONE");
	}
	if (t->kind == TEMPLATE_SLOT)
		put_number(o, "StopTimeout", STOP_TIMEOUT_S);
}

static struct json_object *
labels(const struct template *t)
{
	struct json_object *o = label_write(&t->label);

	put(o, "cid.secrets", t->secrets != NULL ? t->secrets : "");
	return o;
}

/*
 * The body of the create request of what template_check() has passed.
 * Returns a string for freezero(), *len bytes without its NUL, or NULL when
 * out of memory.
 */
char *
template_container(const struct template *t, const struct template_ceiling *c,
    size_t *len)
{
	struct json_object *env, *host, *o = json_object_new_object();
	struct env_entry *en;
	const char *text;
	char *ret = NULL;

	put(o, "Image", t->image);
	put_command(o, t);
	put_kind(o, t);
	put_flag(o, "Tty", 0);
	put_flag(o, "OpenStdin", 0);
	if (*t->working_directory != '\0')
		put(o, "WorkingDir", t->working_directory);
	env = put_array(o, "Env");
	if (t->env != NULL)
		STAILQ_FOREACH(en, &t->env->list, entry)
			push(env, en->text);
	json_object_object_add(o, "Labels", labels(t));
	host = put_object(o, "HostConfig");
	put_security(host, t, c);
	put_limits(host, t);
	put_log(host, t);
	put_mounts(host, t);
	put_network(o, host, t);
	put_ports(o, host, t);
	text = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, len);
	if (text != NULL && (ret = malloc(*len + 1)) != NULL)
		memcpy(ret, text, *len + 1);
	json_object_put(o);
	return ret;
}
