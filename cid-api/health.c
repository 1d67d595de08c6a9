/*
 * Whether cid itself is well, for people, load balancers and Prometheus.
 */

#include <stdio.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "answer.h"
#include "child.h"
#include "db.h"
#include "db_project.h"
#include "health.h"
#include "msg.h"
#include "request.h"
#include "rest.h"
#include "run.h"

static int64_t
count(const char *state)
{
	int64_t n;

	db_number(&n, "SELECT count(*) FROM build WHERE state = ?1", "s",
	    state);
	return n;
}

static int
is_there(enum proc proc)
{
	return child_peer(proc, 0) != NULL;
}

void
health_get(struct request *r)
{
	struct json_object *checks = json_object_new_object();
	struct json_object *o = json_object_new_object();
	int64_t n;
	int database = db_number(&n, "SELECT 1", "") == 0;
	int is_well = database && is_there(PROC_BUILDER) &&
	    is_there(PROC_DEPLOYER) && run_engine_is_up();

	rest_set_text(o, "status", is_well ? "ok" : "degraded");
	rest_set_bool(checks, "database", database);
	rest_set_bool(checks, "builder", is_there(PROC_BUILDER));
	rest_set_bool(checks, "deployer", is_there(PROC_DEPLOYER));
	rest_set_bool(checks, "engine", run_engine_is_up());
	rest_set(o, "checks", checks);
	request_answer(r, database ? 200 : 503, o);
}

void
health_index(struct request *r)
{
	struct json_object *o = json_object_new_object();

	rest_set_text(o, "name", "cid");
	rest_set_int(o, "version", 1);
	request_answer(r, 200, o);
}

static void
print_gauge(FILE *fp, const char *name, const char *help, int64_t n)
{
	fprintf(fp, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help,
	    name, name, (long long)n);
}

static void
print_metrics(FILE *fp)
{
	static const char *const states[] = { "Queued", "Building",
		"Deploying" };
	size_t i;

	fprintf(fp,
	    "# HELP cid_builds_open Builds that have not ended.\n"
	    "# TYPE cid_builds_open gauge\n");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		fprintf(fp, "cid_builds_open{state=\"%s\"} %lld\n", states[i],
		    (long long)count(states[i]));
	print_gauge(fp, "cid_projects", "Projects.", db_project_count());
	print_gauge(fp, "cid_engine_up", "Whether the Docker engine answers.",
	    run_engine_is_up());
	print_gauge(fp, "cid_builder_up", "Whether cid-builder is there.",
	    is_there(PROC_BUILDER));
	print_gauge(fp, "cid_deployer_up", "Whether cid-deployer is there.",
	    is_there(PROC_DEPLOYER));
}

void
health_metrics(struct request *r)
{
	char *text = NULL;
	size_t len;
	FILE *fp;

	if ((fp = open_memstream(&text, &len)) == NULL) {
		rest_broken(r);
		return;
	}
	print_metrics(fp);
	if (fclose(fp) == 0)
		answer_text(r, 200, "text/plain; version=0.0.4; charset=utf-8",
		    text, len);
	else
		rest_broken(r);
	free(text);
}
