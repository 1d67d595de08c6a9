/*
 * The labels by which cid knows its own again.  Pure.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <json-c/json.h>

#include "json.h"
#include "label.h"

static const char *const kinds[LABEL_KINDS] = {
	[LABEL_OTHER] = "",
	[LABEL_BUILD] = "build",
	[LABEL_SLOT] = "slot",
	[LABEL_SHELF] = "shelf",
	[LABEL_OUTPUT] = "output",
	[LABEL_CACHE] = "cache",
	[LABEL_NETWORK] = "network",
	[LABEL_BUILD_NETWORK] = "build-network",
	[LABEL_EMPTY] = "empty",
};

static void
add_text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static void
add_number(struct json_object *o, const char *key, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, value);
	add_text(o, key, buf);
}

/* Returns a new object. */
struct json_object *
label_write(const struct label *l)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "cid.instance", l->instance);
	add_text(o, "cid.kind", kinds[l->kind]);
	add_text(o, "cid.project", l->project);
	add_text(o, "cid.environment", l->environment);
	add_text(o, "cid.slot",
	    l->kind == LABEL_SLOT ? name_of_slot(l->slot) : "");
	add_number(o, "cid.project_id", l->project_id);
	add_number(o, "cid.environment_id", l->env_id);
	add_number(o, "cid.build", l->build_id);
	add_number(o, "cid.number", l->number);
	add_number(o, "cid.attempt", l->attempt);
	add_number(o, "cid.release", l->release_id);
	add_number(o, "cid.net", l->net);
	add_number(o, "cid.port", l->port);
	return o;
}

static uint64_t
read_number(struct json_object *o, const char *key, uint64_t max)
{
	const char *s = json_label(o, key);
	char *end;
	unsigned long long n;

	if (*s < '0' || *s > '9')
		return 0;
	n = strtoull(s, &end, 10);
	return *end != '\0' || n > max ? 0 : n;
}

static enum label_kind
read_kind(struct json_object *o)
{
	const char *s = json_label(o, "cid.kind");
	size_t i;

	for (i = 1; i < LABEL_KINDS; i++) {
		if (strcmp(s, kinds[i]) == 0)
			return (enum label_kind)i;
	}
	return LABEL_OTHER;
}

/* Read labels; those of another cid, or of nobody, are all LABEL_OTHER. */
void
label_read(struct json_object *o, const char *instance, struct label *l)
{
	const char *slot = json_label(o, "cid.slot");

	memset(l, 0, sizeof(*l));
	if (strcmp(json_label(o, "cid.instance"), instance) != 0)
		return;
	l->kind = read_kind(o);
	strlcpy(l->instance, instance, sizeof(l->instance));
	strlcpy(l->project, json_label(o, "cid.project"), sizeof(l->project));
	strlcpy(l->environment, json_label(o, "cid.environment"),
	    sizeof(l->environment));
	l->project_id = read_number(o, "cid.project_id", UINT64_MAX);
	l->env_id = read_number(o, "cid.environment_id", UINT64_MAX);
	l->build_id = read_number(o, "cid.build", UINT64_MAX);
	l->release_id = read_number(o, "cid.release", UINT64_MAX);
	l->number = (uint32_t)read_number(o, "cid.number", UINT32_MAX);
	l->attempt = (uint32_t)read_number(o, "cid.attempt", UINT32_MAX);
	l->net = (uint32_t)read_number(o, "cid.net", UINT32_MAX);
	l->port = (uint32_t)read_number(o, "cid.port", UINT16_MAX);
	l->slot = strcmp(slot, name_of_slot(1)) == 0;
}

/* The filters for all of one kind; LABEL_OTHER: everything of this cid. */
const char *
label_filter(char *buf, size_t size, const char *instance, enum label_kind kind)
{
	if (kind == LABEL_OTHER)
		snprintf(buf, size, "{\"label\":[\"cid.instance=%s\"]}",
		    instance);
	else
		snprintf(buf, size,
		    "{\"label\":[\"cid.instance=%s\",\"cid.kind=%s\"]}",
		    instance, kinds[kind]);
	return buf;
}

const char *
label_filter_project(char *buf, size_t size, const char *instance,
    uint64_t project_id)
{
	snprintf(buf, size,
	    "{\"label\":[\"cid.instance=%s\",\"cid.project_id=%" PRIu64 "\"]}",
	    instance, project_id);
	return buf;
}
