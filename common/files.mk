# Four archives, so that each program links what it uses and no more; a
# member nobody calls is not linked, and --as-needed drops its library.
#   libcid.a      $(LIBS_common)  every program: messages, edges, sandbox, names
#   libcidjson.a  $(LIBS_json)    documents: schema_*, spec_*; before libcid.a
#   libcidseal.a  $(LIBS_seal)    seal_*: keys (cid), boxes (api, builder)
#   libcidfile.a  $(LDLIBS_file)  projectfile: cid.toml (git, cidctl); first
OBJS_common =	$(B)/common/addr.o
OBJS_common +=	$(B)/common/child.o
OBJS_common +=	$(B)/common/clock.o
OBJS_common +=	$(B)/common/frame.o
OBJS_common +=	$(B)/common/glob.o
OBJS_common +=	$(B)/common/hex.o
OBJS_common +=	$(B)/common/http1.o
OBJS_common +=	$(B)/common/http1_body.o
OBJS_common +=	$(B)/common/http1_field.o
OBJS_common +=	$(B)/common/http1_judge.o
OBJS_common +=	$(B)/common/http1_line.o
OBJS_common +=	$(B)/common/http1_name.o
OBJS_common +=	$(B)/common/http1_scan.o
OBJS_common +=	$(B)/common/http1_text.o
OBJS_common +=	$(B)/common/log.o
OBJS_common +=	$(B)/common/msg.o
OBJS_common +=	$(B)/common/msg_check.o
OBJS_common +=	$(B)/common/name.o
OBJS_common +=	$(B)/common/name_image.o
OBJS_common +=	$(B)/common/peer.o
OBJS_common +=	$(B)/common/reason.o
OBJS_common +=	$(B)/common/sandbox.o
OBJS_common +=	$(B)/common/try.o
OBJS_common +=	$(B)/common/utf8.o

LIBS_common =	libevent_core libbsd libseccomp

$(B)/libcid.a: $(OBJS_common)
	@echo AR $@
	@rm -f $@
	@$(AR) rcs $@ $^

OBJS_json =	$(B)/common/schema_free.o
OBJS_json +=	$(B)/common/schema_json.o
OBJS_json +=	$(B)/common/schema_read.o
OBJS_json +=	$(B)/common/schema_write.o
OBJS_json +=	$(B)/common/spec.o
OBJS_json +=	$(B)/common/spec_check.o
OBJS_json +=	$(B)/common/spec_file.o
OBJS_json +=	$(B)/common/spec_release.o

LIBS_json =	json-c

$(B)/libcidjson.a: $(OBJS_json)
	@echo AR $@
	@rm -f $@
	@$(AR) rcs $@ $^

OBJS_seal =	$(B)/common/seal.o

LIBS_seal =	libsodium

$(B)/libcidseal.a: $(OBJS_seal)
	@echo AR $@
	@rm -f $@
	@$(AR) rcs $@ $^

OBJS_file =	$(B)/common/projectfile.o
OBJS_file +=	$(B)/common/toml.o
OBJS_file +=	$(B)/common/words.o

# toml++ is all of C++ that there is; none of it is needed at run time.
LDLIBS_file =	-static-libgcc -l:libstdc++.a

$(B)/common/toml.o: CXX_CMD += -fno-exceptions -fno-rtti

$(B)/libcidfile.a: $(OBJS_file)
	@echo AR $@
	@rm -f $@
	@$(AR) rcs $@ $^
