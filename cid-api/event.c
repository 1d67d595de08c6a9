/*
 * The hub of what people see live, in the shapes of `/ws`.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "clock.h"
#include "conf.h"
#include "db.h"
#include "db_project.h"
#include "db_slot.h"
#include "event.h"
#include "log.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "reason.h"
#include "rest.h"
#include "rest_url.h"

static LIST_HEAD(, event_listener)
listeners = LIST_HEAD_INITIALIZER(listeners);
static LIST_HEAD(, event_news)
untold = LIST_HEAD_INITIALIZER(untold);

static const char *const container_states[CONTAINER_STATES] = {
	[CONTAINER_GONE] = "gone",
	[CONTAINER_CREATED] = "created",
	[CONTAINER_RUNNING] = "running",
	[CONTAINER_EXITED] = "exited",
};

void
event_listen(struct event_listener *l)
{
	LIST_INSERT_HEAD(&listeners, l, entry);
}

static void
tell(void *arg, int committed)
{
	struct event_listener *l, *next;
	struct event_news *news = arg;

	LIST_REMOVE(news, entry);
	if (committed) {
		LIST_FOREACH_SAFE(l, &listeners, entry, next)
		{
			l->f(l, news);
		}
	}
	json_object_put(news->json);
	free(news);
}

static struct event_news *
news_new(const char *type, int64_t build_id, int64_t project_id)
{
	struct event_news *news;

	if ((news = calloc(1, sizeof(*news))) == NULL)
		fatal("event");
	news->build_id = build_id;
	news->project_id = project_id;
	news->build_state = -1;
	news->json = json_object_new_object();
	rest_set_text(news->json, "type", type);
	if (build_id != 0)
		rest_set_int(news->json, "build_id", build_id);
	if (project_id != 0)
		rest_set_int(news->json, "project_id", project_id);
	return news;
}

static void
publish(struct event_news *news)
{
	rest_set(news->json, "timestamp", rest_time((int64_t)clock_wall_ms()));
	LIST_INSERT_HEAD(&untold, news, entry);
	db_after_commit(tell, news);
}

int
event_is_ending(int64_t build_id)
{
	struct event_news *news;

	LIST_FOREACH(news, &untold, entry) {
		if (news->build_id == build_id &&
		    news->build_state >= (int)BUILD_STATE_SUCCESS)
			return 1;
	}
	return 0;
}

static void
set_project_name(struct event_news *news)
{
	struct project p;

	if (db_project_get(news->project_id, &p) != 1)
		return;
	rest_set_text(news->json, "project_name", p.name);
	db_project_free(&p);
}

void
event_build_status(const struct build *b, enum build_state was)
{
	struct event_news *news;

	news = news_new("build_status", b->id, b->project_id);
	news->build_state = b->state;
	news->ref = (uint32_t)b->ref;
	news->attempt = (uint32_t)b->attempt;
	set_project_name(news);
	rest_set_int(news->json, "build_number", b->number);
	rest_set_text(news->json, "status", build_state_names[b->state]);
	rest_set_text(news->json, "previous_status", build_state_names[was]);
	rest_set_text(news->json, "reason", reason_code((uint32_t)b->reason));
	publish(news);
}

void
event_health_check(const struct msg_release_try *t, const char *url)
{
	const struct msg_release *m = &t->release;
	const char *status = "Checking";
	struct event_news *news;

	news = news_new("health_check", (int64_t)m->build_id,
	    (int64_t)m->project_id);
	if (t->ok)
		status = "Success";
	else if (t->attempt >= t->attempts_max)
		status = "Failed";
	rest_set_text(news->json, "slot", slot_names[m->slot]);
	rest_set_int(news->json, "attempt", t->attempt);
	rest_set_int(news->json, "max_attempts", t->attempts_max);
	rest_set_text(news->json, "status", status);
	rest_set_int(news->json, "response_code", t->http_status);
	rest_set_int(news->json, "response_time_ms", t->time_ms);
	rest_set_text(news->json, "url", url);
	publish(news);
}

void
event_deployment(const struct build *b, const char *status, int slot)
{
	struct event_news *news;
	struct project p;
	char url[URL_MAX];

	news = news_new("deployment", b->id, b->project_id);
	if (db_project_get(b->project_id, &p) == 1) {
		rest_set_text(news->json, "project_name", p.name);
		rest_set_text(news->json, "url",
		    url_public(conf_get(), p.name, url));
		db_project_free(&p);
	}
	rest_set_int(news->json, "build_number", b->number);
	rest_set_text(news->json, "status", status);
	rest_set_text(news->json, "slot", slot_names[slot]);
	publish(news);
}

void
event_container_status(const struct msg_container *m, const char *id)
{
	struct event_news *news;

	news = news_new("container_status", 0, (int64_t)m->project_id);
	rest_set_text(news->json, "container_id", id);
	rest_set_text(news->json, "slot", slot_names[m->slot]);
	rest_set_text(news->json, "status", container_states[m->state]);
	publish(news);
}

void
event_error(const char *code, const char *message, int64_t build_id,
    int64_t project_id)
{
	struct event_news *news;

	news = news_new("error", build_id, project_id);
	rest_set_text(news->json, "code", code);
	rest_set_text(news->json, "message", message);
	publish(news);
}
