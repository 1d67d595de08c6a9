OBJS_git =	$(B)/cid-git/main.o

LIBS_git =	$(LIBS_common)

$(B)/bin/cid-git: $(OBJS_git) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_git))
