/*
 * Who removes a project hears when it is gone, and what it was.
 */

#include <stdlib.h>

#include <bsd/sys/queue.h>
#include <event2/event.h>
#include <json-c/json.h>

#include "conf.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "db_slot.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "name.h"
#include "request.h"
#include "rest.h"
#include "rest_farewell.h"

#define WAIT_S 10

struct wait {
	LIST_ENTRY(wait) entry;
	int64_t project_id;
	struct request *request;
	struct json_object *removed;
	struct event *limit;
};

static LIST_HEAD(, wait)
waits = LIST_HEAD_INITIALIZER(waits);
static struct event_base *loop;

void
farewell_loop(struct event_base *base)
{
	loop = base;
}

static void
wait_end(struct wait *w, int status)
{
	LIST_REMOVE(w, entry);
	rest_set_bool(w->removed, "complete", status == 200);
	request_answer(w->request, status, w->removed);
	if (w->limit != NULL)
		event_free(w->limit);
	free(w);
}

static void
on_limit(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wait_end(arg, 202);
}

struct belongings {
	const struct project *project;
	struct json_object *containers;
	struct json_object *networks;
};

static int
add_environment(void *row, void *arg)
{
	const struct environment *e = row;
	struct belongings *b = arg;
	struct slot_row s;
	char name[NAME_DOCKER_MAX];
	int i;

	json_object_array_add(b->networks,
	    json_object_new_string(
		name_env_network(name, conf_get()->instance, (uint64_t)e->id)));
	for (i = 0; i < SLOTS; i++) {
		if (db_slot_get(e->id, i, &s) != 1 || s.state == SLOT_EMPTY)
			continue;
		json_object_array_add(b->containers,
		    json_object_new_string(name_slot(name, b->project->name,
			e->name, (uint32_t)i)));
	}
	return 0;
}

/* What goes with the project. */
static struct json_object *
belongings_json(const struct project *p)
{
	struct json_object *o = json_object_new_object();
	struct belongings b = { p, json_object_new_array(),
		json_object_new_array() };
	struct build_filter f = { .project_id = p->id, .state = -1 };

	db_env_each_of(p->id, add_environment, &b);
	rest_set_int(o, "id", p->id);
	rest_set_text(o, "name", p->name);
	rest_set(o, "containers", b.containers);
	rest_set(o, "networks", b.networks);
	rest_set_int(o, "builds", db_build_count(&f));
	return o;
}

void
farewell_await(struct request *r, const struct project *p)
{
	struct timeval limit = { WAIT_S, 0 };
	struct wait *w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		rest_broken(r);
		return;
	}
	w->project_id = p->id;
	w->request = r;
	w->removed = belongings_json(p);
	LIST_INSERT_HEAD(&waits, w, entry);
	w->limit = event_new(loop, -1, 0, on_limit, w);
	if (w->limit == NULL || event_add(w->limit, &limit) == -1)
		wait_end(w, 202);
}

void
farewell_done(int64_t project_id)
{
	struct wait *w, *next;

	LIST_FOREACH_SAFE(w, &waits, entry, next)
	{
		if (w->project_id == project_id)
			wait_end(w, 200);
	}
}
