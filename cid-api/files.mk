OBJS_api_db =	$(B)/cid-api/db.o
OBJS_api_db +=	$(B)/cid-api/db_build.o
OBJS_api_db +=	$(B)/cid-api/db_delivery.o
OBJS_api_db +=	$(B)/cid-api/db_env.o
OBJS_api_db +=	$(B)/cid-api/db_hook.o
OBJS_api_db +=	$(B)/cid-api/db_project.o
OBJS_api_db +=	$(B)/cid-api/db_release.o
OBJS_api_db +=	$(B)/cid-api/db_row.o
OBJS_api_db +=	$(B)/cid-api/db_schema.o
OBJS_api_db +=	$(B)/cid-api/db_slot.o
OBJS_api_db +=	$(B)/cid-api/db_stmt.o
OBJS_api_db +=	$(B)/cid-api/db_token.o

# Webhooks: from the body to the builds they start.
OBJS_api_hook =	$(B)/cid-api/github.o
OBJS_api_hook +=	$(B)/cid-api/hmac.o
OBJS_api_hook +=	$(B)/cid-api/hook.o
OBJS_api_hook +=	$(B)/cid-api/inbox.o
OBJS_api_hook +=	$(B)/cid-api/inbox_match.o
OBJS_api_hook +=	$(B)/cid-api/match.o
OBJS_api_hook +=	$(B)/cid-api/places.o
OBJS_api_hook +=	$(B)/cid-api/push.o
OBJS_api_hook +=	$(B)/cid-api/refused.o

# From the queue to the release that visitors get.
OBJS_api_run =	$(B)/cid-api/build_order.o
OBJS_api_run +=	$(B)/cid-api/buildlog.o
OBJS_api_run +=	$(B)/cid-api/deploy.o
OBJS_api_run +=	$(B)/cid-api/ending.o
OBJS_api_run +=	$(B)/cid-api/grace.o
OBJS_api_run +=	$(B)/cid-api/pairs.o
OBJS_api_run +=	$(B)/cid-api/queue.o
OBJS_api_run +=	$(B)/cid-api/queue_run.o
OBJS_api_run +=	$(B)/cid-api/release.o
OBJS_api_run +=	$(B)/cid-api/release_order.o
OBJS_api_run +=	$(B)/cid-api/removal.o
OBJS_api_run +=	$(B)/cid-api/resync.o
OBJS_api_run +=	$(B)/cid-api/run.o
OBJS_api_run +=	$(B)/cid-api/run_merge.o
OBJS_api_run +=	$(B)/cid-api/run_msg.o
OBJS_api_run +=	$(B)/cid-api/run_source.o
OBJS_api_run +=	$(B)/cid-api/run_spec.o
OBJS_api_run +=	$(B)/cid-api/site.o
OBJS_api_run +=	$(B)/cid-api/slots.o
OBJS_api_run +=	$(B)/cid-api/stages.o
OBJS_api_run +=	$(B)/cid-api/switch.o
OBJS_api_run +=	$(B)/cid-api/vars.o
OBJS_api_run +=	$(B)/cid-api/view.o
OBJS_api_run +=	$(B)/cid-api/want.o

# HTTP: from the door to the answer.
OBJS_api_http =	$(B)/cid-api/answer.o
OBJS_api_http +=	$(B)/cid-api/auth.o
OBJS_api_http +=	$(B)/cid-api/build_json.o
OBJS_api_http +=	$(B)/cid-api/conf.o
OBJS_api_http +=	$(B)/cid-api/dispatch.o
OBJS_api_http +=	$(B)/cid-api/door.o
OBJS_api_http +=	$(B)/cid-api/event.o
OBJS_api_http +=	$(B)/cid-api/health.o
OBJS_api_http +=	$(B)/cid-api/http.o
OBJS_api_http +=	$(B)/cid-api/http_status.o
OBJS_api_http +=	$(B)/cid-api/idempotency.o
OBJS_api_http +=	$(B)/cid-api/logend.o
OBJS_api_http +=	$(B)/cid-api/logjson.o
OBJS_api_http +=	$(B)/cid-api/logread.o
OBJS_api_http +=	$(B)/cid-api/project_input.o
OBJS_api_http +=	$(B)/cid-api/project_json.o
OBJS_api_http +=	$(B)/cid-api/project_secret.o
OBJS_api_http +=	$(B)/cid-api/range.o
OBJS_api_http +=	$(B)/cid-api/request.o
OBJS_api_http +=	$(B)/cid-api/rest.o
OBJS_api_http +=	$(B)/cid-api/rest_artifact.o
OBJS_api_http +=	$(B)/cid-api/rest_build.o
OBJS_api_http +=	$(B)/cid-api/rest_delivery.o
OBJS_api_http +=	$(B)/cid-api/rest_farewell.o
OBJS_api_http +=	$(B)/cid-api/rest_log.o
OBJS_api_http +=	$(B)/cid-api/rest_project.o
OBJS_api_http +=	$(B)/cid-api/rest_release.o
OBJS_api_http +=	$(B)/cid-api/rest_token.o
OBJS_api_http +=	$(B)/cid-api/rest_url.o
OBJS_api_http +=	$(B)/cid-api/route.o
OBJS_api_http +=	$(B)/cid-api/routes.o
OBJS_api_http +=	$(B)/cid-api/stream.o

OBJS_api =	$(B)/cid-api/main.o
OBJS_api +=	$(B)/cid-api/sandbox.o
OBJS_api +=	$(OBJS_api_db)
OBJS_api +=	$(OBJS_api_http)
OBJS_api +=	$(OBJS_api_hook)
OBJS_api +=	$(OBJS_api_run)

LIBS_api =	sqlite3 libcrypto $(LIBS_json) $(LIBS_seal) $(LIBS_common)

# The migrations are part of the program.
$(B)/cid-api/db_schema.o: $(wildcard cid-api/schema/*.sql)

$(B)/bin/cid-api: $(OBJS_api) $(B)/libcidjson.a $(B)/libcidseal.a \
    $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ -levhtp $$(pkg-config --libs $(LIBS_api))
