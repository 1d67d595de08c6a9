/*
 * The route table: method, path, least role, what the path names, query,
 * body, handler.  Everything that cid-api answers is here.
 */

#include <stddef.h>

#include "health.h"
#include "hook.h"
#include "project_input.h"
#include "rest_artifact.h"
#include "rest_build.h"
#include "rest_delivery.h"
#include "rest_log.h"
#include "rest_project.h"
#include "rest_release.h"
#include "rest_token.h"
#include "route.h"

#define PAGE "limit offset"
#define ROUTE(m, p, role, what, q, ...) \
	{ \
		.method = m, .path = p, .least = ROLE_##role, \
		.object = ROUTE_##what, .query = q, .handle = __VA_ARGS__ \
	}

/* clang-format off */
const struct route routes[] = {
	ROUTE("GET", "/health", NONE, PLAIN, "", health_get),
	ROUTE("GET", "/api", NONE, PLAIN, "", health_index),
	ROUTE("GET", "/metrics", VIEWER, PLAIN, "", health_metrics),

	ROUTE("GET", "/api/projects", VIEWER, PLAIN, PAGE, project_list),
	ROUTE("POST", "/api/projects", MEMBER, PLAIN, "", project_create,
	    .body = &project_input_schema, .prepare = project_prepare),
	ROUTE("GET", "/api/projects/:project", VIEWER, PROJECT, "",
	    project_get),
	ROUTE("PUT", "/api/projects/:project", MEMBER, PROJECT, "",
	    project_update, .body = &project_input_schema,
	    .prepare = project_prepare),
	ROUTE("DELETE", "/api/projects/:project", ADMIN, PROJECT, "",
	    project_delete),
	ROUTE("GET", "/api/projects/:project/status", VIEWER, PROJECT, "",
	    project_status),
	ROUTE("GET", "/api/projects/:project/builds", VIEWER, PROJECT,
	    PAGE " status", build_list_project),
	ROUTE("POST", "/api/projects/:project/builds", MEMBER, PROJECT, "",
	    build_create, .body = &build_create_schema),
	ROUTE("GET", "/api/projects/:project/deliveries", ADMIN, PROJECT,
	    PAGE, delivery_list_project),
	ROUTE("POST", "/api/projects/:project/promote", MEMBER, PROJECT, "",
	    release_post_promote, .body = &release_order_schema),
	ROUTE("POST", "/api/projects/:project/rollback", MEMBER, PROJECT, "",
	    release_post_rollback, .body = &release_order_schema),
	ROUTE("POST", "/api/projects/:project/restart", MEMBER, PROJECT, "",
	    release_post_restart, .body = &release_order_schema),
	ROUTE("POST", "/api/projects/:project/stop", MEMBER, PROJECT, "",
	    release_post_stop, .body = &release_order_schema),

	ROUTE("GET", "/api/builds", VIEWER, PLAIN, PAGE " status", build_list),
	ROUTE("GET", "/api/builds/:build", VIEWER, BUILD, "", build_get),
	ROUTE("POST", "/api/builds/:build/cancel", MEMBER, BUILD, "",
	    build_stop),
	ROUTE("POST", "/api/builds/:build/retry", MEMBER, BUILD, "",
	    build_again),
	ROUTE("GET", "/api/builds/:build/logs", VIEWER, BUILD,
	    "follow from_line", log_get),
	ROUTE("GET", "/api/builds/:build/logs/download", VIEWER, BUILD, "",
	    log_download),
	ROUTE("GET", "/api/builds/:build/artifacts", VIEWER, BUILD, "",
	    artifact_list),
	ROUTE("GET", "/api/builds/:build/artifacts/*path", VIEWER, BUILD, "",
	    artifact_get),

	ROUTE("GET", "/api/deliveries", ADMIN, PLAIN, PAGE, delivery_list),
	ROUTE("GET", "/api/deliveries/:delivery", ADMIN, DELIVERY, "",
	    delivery_get),

	ROUTE("GET", "/api/tokens", OWNER, PLAIN, "", token_list),
	ROUTE("POST", "/api/tokens", OWNER, PLAIN, "", token_create,
	    .body = &token_create_schema),
	ROUTE("DELETE", "/api/tokens/:token", OWNER, PLAIN, "", token_delete),

	/* Over all teams, so for the server's own people only. */
	ROUTE("POST", "/api/reconcile", OWNER, PLAIN, "",
	    release_post_reconcile, .body = &release_reconcile_schema,
	    .is_local = 1),

	/* The signature is the key. */
	ROUTE("POST", "/webhook/:forge", NONE, PLAIN, NULL, NULL,
	    .stream = &hook_stream),
	ROUTE("POST", "/webhook/:forge/:hook", NONE, PLAIN, NULL, NULL,
	    .stream = &hook_stream),
};
/* clang-format on */

const size_t routes_len = sizeof(routes) / sizeof(routes[0]);
