# The parent: links no HTTP, no database, no Docker client.
OBJS_cid =	$(B)/cid/conf.o
OBJS_cid +=	$(B)/cid/edges.o
OBJS_cid +=	$(B)/cid/firewall.o
OBJS_cid +=	$(B)/cid/gitjob.o
OBJS_cid +=	$(B)/cid/gitroot.o
OBJS_cid +=	$(B)/cid/handover.o
OBJS_cid +=	$(B)/cid/keys.o
OBJS_cid +=	$(B)/cid/kid.o
OBJS_cid +=	$(B)/cid/lex.o
OBJS_cid +=	$(B)/cid/main.o
OBJS_cid +=	$(B)/cid/notify.o
OBJS_cid +=	$(B)/cid/open.o
OBJS_cid +=	$(B)/cid/parse.o
OBJS_cid +=	$(B)/cid/run.o
OBJS_cid +=	$(B)/cid/tryout.o
OBJS_cid +=	$(B)/cid/users.o

LIBS_cid =	$(LIBS_common) libsodium

$(B)/cid/parse.c $(B)/cid/parse.h &: cid/parse.y
	@mkdir -p $(@D)
	@echo BISON $@
	@bison -d -o $(B)/cid/parse.c $<

$(B)/cid/parse.o: $(B)/cid/parse.c
	@echo CC $@
	@$(CC_CMD) -c -o $@ $<

$(B)/cid/lex.o: $(B)/cid/parse.h
# Made again when the places change, as between two make install PREFIX=.
$(B)/cid/places: FORCE
	@mkdir -p $(@D)
	@echo '$(PROGDIR) $(SHAREDIR)' | cmp -s - $@ || \
	    echo '$(PROGDIR) $(SHAREDIR)' >$@

$(B)/cid/firewall.o $(B)/cid/kid.o: $(B)/cid/places
$(B)/cid/firewall.o $(B)/cid/kid.o: CPPFLAGS += \
	-DCID_PROGDIR='"$(PROGDIR)"' -DCID_SHAREDIR='"$(SHAREDIR)"'

$(B)/bin/cid: $(OBJS_cid) $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_cid))

FORCE:
.PHONY: FORCE
