OBJS_cidctl =	$(B)/cidctl/build.o
OBJS_cidctl +=	$(B)/cidctl/client.o
OBJS_cidctl +=	$(B)/cidctl/each.o
OBJS_cidctl +=	$(B)/cidctl/field.o
OBJS_cidctl +=	$(B)/cidctl/follow.o
OBJS_cidctl +=	$(B)/cidctl/list.o
OBJS_cidctl +=	$(B)/cidctl/logs.o
OBJS_cidctl +=	$(B)/cidctl/look.o
OBJS_cidctl +=	$(B)/cidctl/main.o
OBJS_cidctl +=	$(B)/cidctl/pick.o
OBJS_cidctl +=	$(B)/cidctl/print.o
OBJS_cidctl +=	$(B)/cidctl/progress.o
OBJS_cidctl +=	$(B)/cidctl/project.o
OBJS_cidctl +=	$(B)/cidctl/release.o
OBJS_cidctl +=	$(B)/cidctl/server.o
OBJS_cidctl +=	$(B)/cidctl/settings.o
OBJS_cidctl +=	$(B)/cidctl/sse.o
OBJS_cidctl +=	$(B)/cidctl/table.o
OBJS_cidctl +=	$(B)/cidctl/usage.o
OBJS_cidctl +=	$(B)/cidctl/when.o
OBJS_cidctl +=	$(B)/cidctl/where.o

LIBS_cidctl =	libcurl $(LIBS_json) libbsd

$(B)/bin/cidctl: $(OBJS_cidctl) $(B)/libcidfile.a $(B)/libcidjson.a \
    $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $(LDLIBS_file) $$(pkg-config --libs $(LIBS_cidctl))
