OBJS_deployer =	$(B)/cid-deployer/check.o
OBJS_deployer +=	$(B)/cid-deployer/conf.o
OBJS_deployer +=	$(B)/cid-deployer/dispatch.o
OBJS_deployer +=	$(B)/cid-deployer/drain.o
OBJS_deployer +=	$(B)/cid-deployer/env.o
OBJS_deployer +=	$(B)/cid-deployer/health.o
OBJS_deployer +=	$(B)/cid-deployer/health_time.o
OBJS_deployer +=	$(B)/cid-deployer/main.o
OBJS_deployer +=	$(B)/cid-deployer/observe.o
OBJS_deployer +=	$(B)/cid-deployer/order.o
OBJS_deployer +=	$(B)/cid-deployer/ports.o
OBJS_deployer +=	$(B)/cid-deployer/probe.o
OBJS_deployer +=	$(B)/cid-deployer/reconcile.o
OBJS_deployer +=	$(B)/cid-deployer/release.o
OBJS_deployer +=	$(B)/cid-deployer/report.o
OBJS_deployer +=	$(B)/cid-deployer/route_diff.o
OBJS_deployer +=	$(B)/cid-deployer/route_file.o
OBJS_deployer +=	$(B)/cid-deployer/routes.o
OBJS_deployer +=	$(B)/cid-deployer/sandbox.o
OBJS_deployer +=	$(B)/cid-deployer/slot.o
OBJS_deployer +=	$(B)/cid-deployer/sync.o
OBJS_deployer +=	$(B)/cid-deployer/timer.o
OBJS_deployer +=	$(B)/cid-deployer/visit.o
OBJS_deployer +=	$(B)/cid-deployer/want.o
OBJS_deployer +=	$(B)/cid-deployer/workers.o

LIBS_deployer =	$(LIBS_json) $(LIBS_common)

$(B)/bin/cid-deployer: $(OBJS_deployer) $(B)/libcidjson.a $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_deployer))
