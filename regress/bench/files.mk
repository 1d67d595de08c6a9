# raw does what a push costs without cid, with the containers that
# cid-builder's template makes.
OBJS_raw =	$(B)/regress/bench/raw.o
OBJS_raw +=	$(B)/cid-builder/docker_call.o
OBJS_raw +=	$(B)/cid-builder/env.o
OBJS_raw +=	$(B)/cid-builder/json.o
OBJS_raw +=	$(B)/cid-builder/label.o
OBJS_raw +=	$(B)/cid-builder/template.o
OBJS_raw +=	$(B)/cid-builder/template_network.o

$(B)/regress/bench/raw.o: INC = -Icid-builder

$(B)/bin/raw: $(OBJS_raw) $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs libcurl json-c $(LIBS_common))
