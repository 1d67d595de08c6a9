/*
 * What the engine answers, read into structs.  Every id, type and size is
 * checked: an engine that lies can fail a build, nothing more (S20).  Pure.
 */

#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/string.h>
#include <json-c/json.h>

#include "answer.h"
#include "docker_call.h"
#include "json.h"

static int
copy_id(struct json_object *o, const char *path, char id[ANSWER_ID_MAX])
{
	const char *s = json_text(o, path);

	if (!docker_call_is_id(s))
		return -1;
	strlcpy(id, s, ANSWER_ID_MAX);
	return 0;
}

/* The id of what was just created.  Returns 0, or -1. */
int
answer_id(const char *body, size_t len, char id[ANSWER_ID_MAX])
{
	struct json_object *o = json_read(body, len);
	int ret = copy_id(o, "Id", id);

	json_free(o);
	return ret;
}

static uint32_t
bounded(int64_t n, uint32_t max)
{
	return n < 0 || n > max ? 0 : (uint32_t)n;
}

/* Milliseconds since the epoch of an RFC 3339 time; 0: never, or no time. */
uint64_t
answer_time(const char *s)
{
	struct tm tm;
	unsigned int ms = 0, scale = 100;
	const char *p;
	time_t t;

	memset(&tm, 0, sizeof(tm));
	if ((p = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm)) == NULL)
		return 0;
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9'; p++) {
			ms += scale * (unsigned int)(*p - '0');
			scale /= 10;
		}
	}
	if ((t = timegm(&tm)) <= 0)
		return 0;
	return (uint64_t)t * 1000 + ms;
}

static enum container_state
read_state(struct json_object *o)
{
	const char *s = json_text(o, "State.Status");

	if (strcmp(s, "created") == 0)
		return CONTAINER_CREATED;
	if (json_flag(o, "State.Running"))
		return CONTAINER_RUNNING;
	return CONTAINER_EXITED;
}

static uint32_t
read_health(struct json_object *o)
{
	static const char *const words[] = { "none", "starting", "healthy",
		"unhealthy" };
	const char *s = json_text(o, "State.Health.Status");
	uint32_t i;

	for (i = 1; i < 4; i++) {
		if (strcmp(s, words[i]) == 0)
			return i;
	}
	return 0;
}

/* The port in text like "8080" with just that behind it; 0: there is none. */
static uint32_t
port_of(const char *s, const char *behind)
{
	char *end;
	unsigned long n;

	if (*s < '1' || *s > '9')
		return 0;
	n = strtoul(s, &end, 10);
	return n <= UINT16_MAX && strcmp(end, behind) == 0 ? (uint32_t)n : 0;
}

/* The first port of the host that leads into the container. */
static uint32_t
read_published(struct json_object *o)
{
	struct json_object *ports, *binding;
	uint32_t n;

	ports = json_at(o, "NetworkSettings.Ports");
	if (!json_object_is_type(ports, json_type_object))
		return 0;
	json_object_object_foreach(ports, key, list)
	{
		(void)key;
		if (json_len(list) == 0)
			continue;
		binding = json_item(list, 0);
		n = port_of(json_text(binding, "HostPort"), "");
		if (n != 0)
			return n;
	}
	return 0;
}

static uint32_t
read_address(struct json_object *o)
{
	struct json_object *nets = json_at(o, "NetworkSettings.Networks");
	struct in_addr in;

	if (!json_object_is_type(nets, json_type_object))
		return 0;
	json_object_object_foreach(nets, key, net)
	{
		(void)key;
		if (inet_pton(AF_INET, json_text(net, "IPAddress"), &in) == 1)
			return ntohl(in.s_addr);
	}
	return 0;
}

/* Returns 0, or -1 when the answer is not that of an inspect. */
int
answer_container(const char *body, size_t len, const char *instance,
    struct answer_container *c)
{
	struct json_object *o = json_read(body, len);
	const char *policy;
	int ret = -1;

	memset(c, 0, sizeof(*c));
	if (copy_id(o, "Id", c->id) == -1 ||
	    copy_id(o, "Image", c->image) == -1)
		goto done;
	label_read(json_at(o, "Config.Labels"), instance, &c->label);
	c->state = read_state(o);
	c->exit_code = (int)bounded(json_number(o, "State.ExitCode"), 65535);
	c->oom = json_flag(o, "State.OOMKilled");
	c->restarts = bounded(json_number(o, "RestartCount"), 1000000);
	c->pid = bounded(json_number(o, "State.Pid"), 1 << 30);
	c->started_ms = answer_time(json_text(o, "State.StartedAt"));
	c->health = read_health(o);
	c->published = read_published(o);
	c->address = read_address(o);
	policy = json_text(o, "HostConfig.RestartPolicy.Name");
	c->restarts_itself = *policy != '\0' && strcmp(policy, "no") != 0;
	json_copy(o, "State.Error", c->error, sizeof(c->error));
	ret = 0;
done:
	json_free(o);
	return ret;
}

/* The number of the only port of an object like {"8080/tcp": {}}. */
static uint32_t
only_port(struct json_object *ports)
{
	uint32_t n, found = 0;

	if (!json_object_is_type(ports, json_type_object))
		return 0;
	json_object_object_foreach(ports, key, unused)
	{
		(void)unused;
		if ((n = port_of(key, "/tcp")) == 0)
			continue;
		if (found != 0)
			return 0;
		found = n;
	}
	return found;
}

static int
has_healthcheck(struct json_object *o)
{
	struct json_object *test = json_at(o, "Config.Healthcheck.Test");

	return json_len(test) > 0 &&
	    strcmp(json_text(json_item(test, 0), ""), "NONE") != 0;
}

/* Returns 0, or -1 when the answer is not that of an inspect. */
int
answer_image(const char *body, size_t len, struct answer_image *im)
{
	struct json_object *labels, *o = json_read(body, len);
	int ret = -1;

	memset(im, 0, sizeof(*im));
	if (copy_id(o, "Id", im->id) == -1)
		goto done;
	labels = json_at(o, "Config.Labels");
	im->is_ours = *json_label(labels, "cid.instance") != '\0';
	im->is_local = json_len(json_at(o, "RepoDigests")) == 0;
	im->port = only_port(json_at(o, "Config.ExposedPorts"));
	im->has_healthcheck = has_healthcheck(o);
	ret = 0;
done:
	json_free(o);
	return ret;
}

static int
is_listed(struct json_object *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_len(list); i++) {
		if (strcmp(json_text(json_item(list, i), ""), name) == 0)
			return 1;
	}
	return 0;
}

/*
 * Say whether the image goes by that name, a tag or digest included.  The
 * engine also finds images by parts of their ids, which say nothing about
 * whose they are.
 */
int
answer_image_is_called(const char *body, size_t len, const char *name)
{
	struct json_object *o = json_read(body, len);
	int ret;

	ret = is_listed(json_at(o, "RepoTags"), name) ||
	    is_listed(json_at(o, "RepoDigests"), name);
	json_free(o);
	return ret;
}

/* What a registry says a tag stands for.  Returns 0, or -1. */
int
answer_digest(const char *body, size_t len, char digest[ANSWER_ID_MAX])
{
	struct json_object *o = json_read(body, len);
	int ret = copy_id(o, "Descriptor.digest", digest);

	json_free(o);
	return ret == 0 && strncmp(digest, "sha256:", 7) == 0 ? 0 : -1;
}

/* An event about one of our containers.  Returns 0, or -1: another event. */
int
answer_event(struct json_object *o, const char *instance,
    struct answer_event *e)
{
	const char *action = json_text(o, "Action");

	memset(e, 0, sizeof(*e));
	if (strcmp(json_text(o, "Type"), "container") != 0 ||
	    copy_id(o, "Actor.ID", e->id) == -1)
		return -1;
	label_read(json_at(o, "Actor.Attributes"), instance, &e->label);
	e->is_gone =
	    strcmp(action, "destroy") == 0 || strcmp(action, "remove") == 0;
	e->is_oom = strcmp(action, "oom") == 0;
	return e->label.kind == LABEL_OTHER ? -1 : 0;
}

/* The engine's own words of an error, fit for a log line. */
void
answer_message(const char *body, size_t len, char *buf, size_t size)
{
	struct json_object *o = json_read(body, len);

	json_copy(o, "message", buf, size);
	json_free(o);
	if (*buf == '\0')
		strlcpy(buf, "no reason given", size);
}
