OBJS_deployer =	$(B)/cid-deployer/main.o

LIBS_deployer =	$(LIBS_common)

$(B)/bin/cid-deployer: $(OBJS_deployer) $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_deployer))
