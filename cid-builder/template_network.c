/*
 * What a network of cid may be (S1, S6).  Pure.
 */

#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "addr.h"
#include "json.h"
#include "template_network.h"

#define SUBNET_MAX (INET_ADDRSTRLEN + 4)
#define GATEWAY 1  /* of the /27; 2 and 3 are the slots */
#define DYNAMIC 16 /* its upper half, for whatever else joins */

static void
put(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static void
subnet(char buf[SUBNET_MAX], uint32_t base, int bits)
{
	char address[INET_ADDRSTRLEN];

	snprintf(buf, SUBNET_MAX, "%s/%d",
	    addr_print(base, address, sizeof(address)), bits);
}

static struct json_object *
ipam(const struct template_network *t)
{
	struct json_object *list = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct json_object *config = json_object_new_object();
	char text[SUBNET_MAX];

	put(o, "Driver", "default");
	if (t->base != 0) {
		subnet(text, t->base, ADDR_NET_BITS);
		put(config, "Subnet", text);
		subnet(text, t->base + DYNAMIC, ADDR_NET_BITS + 1);
		put(config, "IPRange", text);
		put(config, "Gateway",
		    addr_print(t->base + GATEWAY, text, sizeof(text)));
		json_object_array_add(list, config);
	} else
		json_object_put(config);
	json_object_object_add(o, "Config", list);
	return o;
}

/*
 * The body of the request that makes it.  Returns a string for free(), *len
 * bytes without its NUL, or NULL when out of memory.
 */
char *
template_network(const struct template_network *t, size_t *len)
{
	struct json_object *options = json_object_new_object();
	struct json_object *o = json_object_new_object();
	const char *text;
	char *ret;

	put(o, "Name", t->name);
	json_object_object_add(o, "CheckDuplicate", json_object_new_boolean(1));
	put(o, "Driver", "bridge");
	json_object_object_add(o, "IPAM", ipam(t));
	put(options, "com.docker.network.bridge.name", t->bridge);
	json_object_object_add(o, "Options", options);
	json_object_object_add(o, "Labels", label_write(&t->label));
	text = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, len);
	ret = text == NULL ? NULL : strdup(text);
	json_object_put(o);
	return ret;
}

/* Say whether a network of that name is this one, by the engine's answer. */
int
template_is_network(const struct template_network *t, const char *body,
    size_t len)
{
	struct json_object *config, *o = json_read(body, len);
	char text[SUBNET_MAX];
	struct label l;
	int ret = 0;

	label_read(json_at(o, "Labels"), t->label.instance, &l);
	if (l.kind != t->label.kind || l.env_id != t->label.env_id ||
	    l.project_id != t->label.project_id ||
	    strcmp(json_text(o, "Driver"), "bridge") != 0 ||
	    strcmp(json_label(json_at(o, "Options"),
		       "com.docker.network.bridge.name"),
		t->bridge) != 0)
		goto done;
	config = json_at(o, "IPAM.Config");
	if (t->base != 0 && json_len(config) == 0)
		goto done;
	subnet(text, t->base, ADDR_NET_BITS);
	ret = t->base == 0 ||
	    strcmp(json_text(json_item(config, 0), "Subnet"), text) == 0;
done:
	json_free(o);
	return ret;
}

/* Say whether any network of this cid is what the engine shows. */
int
template_is_network_of(const char *body, size_t len, const char *instance)
{
	struct json_object *o = json_read(body, len);
	struct label l;

	label_read(json_at(o, "Labels"), instance, &l);
	json_free(o);
	return l.kind == LABEL_NETWORK || l.kind == LABEL_BUILD_NETWORK;
}
