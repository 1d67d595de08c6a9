UNIT =
UNIT +=	addr
UNIT +=	hex http1 http1_body
UNIT +=	name
UNIT +=	reason

UNIT +=	github queue
UNIT_OBJS_github =	cid-api/github.o cid-api/push.o
UNIT_OBJS_queue =	cid-api/queue.o
UNIT +=	utf8
UNIT +=	glob schema spec
UNIT +=	db
UNIT_OBJS_db =	$(OBJS_api_db:$(B)/%=%)
UNIT_LIBS_db =	sqlite3
UNIT +=	projectfile
UNIT_OBJS_projectfile =	libcidfile.a
UNIT_LDFLAGS_projectfile = $(LDLIBS_file)
UNIT +=	frame msg peer seal try
UNIT +=	hmac match places run_spec
UNIT_OBJS_hmac =	cid-api/hmac.o
UNIT_LIBS_hmac =	libcrypto
UNIT_OBJS_match =	cid-api/match.o cid-api/push.o
UNIT_OBJS_places =	cid-api/places.o
UNIT_OBJS_run_spec =	cid-api/pairs.o cid-api/run_merge.o cid-api/run_spec.o
UNIT +=	slot
UNIT_OBJS_slot = cid-deployer/slot.o
UNIT +=	reconcile
UNIT_OBJS_reconcile = cid-deployer/reconcile.o
UNIT +=	health_time ports route_diff
UNIT_OBJS_health_time = cid-deployer/health_time.o
UNIT_OBJS_ports = cid-deployer/ports.o
UNIT_OBJS_route_diff = cid-deployer/route_diff.o
UNIT +=	proxy_canon proxy_heads proxy_route wheel
UNIT_OBJS_proxy_canon = cid-proxy/canon.o
UNIT_OBJS_proxy_heads = cid-proxy/cookie.o cid-proxy/fields.o \
    cid-proxy/forward.o cid-proxy/page.o cid-proxy/reply.o cid-proxy/text.o
UNIT_OBJS_proxy_route = cid-proxy/route.o
UNIT_OBJS_wheel = cid-proxy/wheel.o
UNIT +=	deployer deployer_crash deployer_health
UNIT_OBJS_deployer = regress/unit/deployer_rig.o
UNIT_OBJS_deployer_crash = regress/unit/deployer_rig.o
UNIT_OBJS_deployer_health = regress/unit/deployer_rig.o
$(B)/bin/deployer_test: | $(B)/bin/cid-deployer
$(B)/bin/deployer_crash_test: | $(B)/bin/cid-deployer
$(B)/bin/deployer_health_test: | $(B)/bin/cid-deployer
UNIT +=	url treename
UNIT_OBJS_url =	cid-git/url.o
UNIT_OBJS_treename =	cid-git/treename.o
UNIT +=	hook run switch
UNIT_OBJS_hook =	$(OBJS_api_hook:$(B)/%=%) $(UNIT_OBJS_run)
UNIT_LIBS_hook =	sqlite3 libcrypto
UNIT_OBJS_run =	regress/unit/api_world.o cid-api/rest_url.o \
		$(OBJS_api_db:$(B)/%=%) $(OBJS_api_run:$(B)/%=%)
UNIT_OBJS_switch = $(UNIT_OBJS_run)
UNIT_LIBS_run =	sqlite3
UNIT_LIBS_switch = sqlite3
$(B)/regress/unit/api_world.o: INC = -Icid-api
UNIT +=	rest route
UNIT_OBJS_rest = cid-api/logjson.o cid-api/range.o cid-api/rest_url.o
UNIT_OBJS_route = $(filter-out cid-api/main.o,$(OBJS_api:$(B)/%=%))
UNIT_LIBS_route = sqlite3 libcrypto
UNIT_LDFLAGS_route = -levhtp
UNIT +=	builder_answer builder_lines builder_log builder_rules
UNIT +=	builder_stream builder_template
UNIT_OBJS_builder_answer = cid-builder/answer.o cid-builder/answer_reason.o \
    cid-builder/docker_call.o cid-builder/json.o cid-builder/label.o \
    cid-builder/pull.o
UNIT_OBJS_builder_lines = cid-builder/linebuf.o cid-builder/mask.o \
    cid-builder/recall.o
UNIT_OBJS_builder_log = cid-builder/logfile.o cid-builder/logpair.o \
    cid-builder/mask.o
UNIT_OBJS_builder_rules = cid-builder/build_spec.o cid-builder/cache.o \
    cid-builder/docker_call.o cid-builder/env.o cid-builder/json.o \
    cid-builder/label.o cid-builder/ports.o cid-builder/tar.o \
    cid-builder/template.o cid-builder/verdict.o
UNIT_OBJS_builder_stream = cid-builder/docker_call.o \
    cid-builder/docker_demux.o cid-builder/docker_lines.o \
    cid-builder/imageref.o cid-builder/json.o
UNIT_OBJS_builder_template = cid-builder/docker_call.o cid-builder/env.o \
    cid-builder/json.o cid-builder/label.o cid-builder/template.o \
    cid-builder/template_network.o
UNIT +=	sse when
UNIT_OBJS_sse =	cidctl/sse.o
UNIT_OBJS_when =	cidctl/when.o
UNIT +=	project_secret
UNIT_OBJS_project_secret = $(UNIT_OBJS_route)
UNIT_LIBS_project_secret = sqlite3 libcrypto
UNIT_LDFLAGS_project_secret = -levhtp
