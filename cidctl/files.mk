OBJS_cidctl =	$(B)/cidctl/main.o

LIBS_cidctl =	$(LIBS_common)

$(B)/bin/cidctl: $(OBJS_cidctl) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_cidctl))
