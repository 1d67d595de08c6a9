OBJS_proxy =	$(B)/cid-proxy/admin.o
OBJS_proxy +=	$(B)/cid-proxy/answer.o
OBJS_proxy +=	$(B)/cid-proxy/buf.o
OBJS_proxy +=	$(B)/cid-proxy/canon.o
OBJS_proxy +=	$(B)/cid-proxy/client.o
OBJS_proxy +=	$(B)/cid-proxy/conn.o
OBJS_proxy +=	$(B)/cid-proxy/cookie.o
OBJS_proxy +=	$(B)/cid-proxy/deadline.o
OBJS_proxy +=	$(B)/cid-proxy/dispatch.o
OBJS_proxy +=	$(B)/cid-proxy/drain.o
OBJS_proxy +=	$(B)/cid-proxy/edge.o
OBJS_proxy +=	$(B)/cid-proxy/exchange.o
OBJS_proxy +=	$(B)/cid-proxy/fields.o
OBJS_proxy +=	$(B)/cid-proxy/forward.o
OBJS_proxy +=	$(B)/cid-proxy/listen.o
OBJS_proxy +=	$(B)/cid-proxy/main.o
OBJS_proxy +=	$(B)/cid-proxy/page.o
OBJS_proxy +=	$(B)/cid-proxy/proxy.o
OBJS_proxy +=	$(B)/cid-proxy/reply.o
OBJS_proxy +=	$(B)/cid-proxy/route.o
OBJS_proxy +=	$(B)/cid-proxy/sandbox.o
OBJS_proxy +=	$(B)/cid-proxy/table.o
OBJS_proxy +=	$(B)/cid-proxy/target.o
OBJS_proxy +=	$(B)/cid-proxy/text.o
OBJS_proxy +=	$(B)/cid-proxy/tunnel.o
OBJS_proxy +=	$(B)/cid-proxy/upstream.o
OBJS_proxy +=	$(B)/cid-proxy/wheel.o

LIBS_proxy =	$(LIBS_common)

$(B)/bin/cid-proxy: $(OBJS_proxy) $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_proxy))
