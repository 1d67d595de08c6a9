OBJS_builder =	$(B)/cid-builder/main.o

LIBS_builder =	$(LIBS_common)

$(B)/bin/cid-builder: $(OBJS_builder) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_builder))
