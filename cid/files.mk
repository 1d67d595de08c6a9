OBJS_cid =	$(B)/cid/main.o

LIBS_cid =	$(LIBS_common)

$(B)/bin/cid: $(OBJS_cid) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_cid))
