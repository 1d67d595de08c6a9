OBJS_api =	$(B)/cid-api/main.o

LIBS_api =	$(LIBS_common)

$(B)/bin/cid-api: $(OBJS_api) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_api))
