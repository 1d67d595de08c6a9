OBJS_proxy =	$(B)/cid-proxy/main.o

LIBS_proxy =	$(LIBS_common)

$(B)/bin/cid-proxy: $(OBJS_proxy) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_proxy))
