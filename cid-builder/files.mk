OBJS_builder =	$(B)/cid-builder/answer.o
OBJS_builder +=	$(B)/cid-builder/answer_reason.o
OBJS_builder +=	$(B)/cid-builder/artifact.o
OBJS_builder +=	$(B)/cid-builder/build.o
OBJS_builder +=	$(B)/cid-builder/build_clean.o
OBJS_builder +=	$(B)/cid-builder/build_collect.o
OBJS_builder +=	$(B)/cid-builder/build_create.o
OBJS_builder +=	$(B)/cid-builder/build_done.o
OBJS_builder +=	$(B)/cid-builder/build_image.o
OBJS_builder +=	$(B)/cid-builder/build_run.o
OBJS_builder +=	$(B)/cid-builder/build_source.o
OBJS_builder +=	$(B)/cid-builder/build_spec.o
OBJS_builder +=	$(B)/cid-builder/build_upload.o
OBJS_builder +=	$(B)/cid-builder/cache.o
OBJS_builder +=	$(B)/cid-builder/conf.o
OBJS_builder +=	$(B)/cid-builder/dispatch.o
OBJS_builder +=	$(B)/cid-builder/docker.o
OBJS_builder +=	$(B)/cid-builder/docker_call.o
OBJS_builder +=	$(B)/cid-builder/docker_demux.o
OBJS_builder +=	$(B)/cid-builder/docker_lines.o
OBJS_builder +=	$(B)/cid-builder/docker_read.o
OBJS_builder +=	$(B)/cid-builder/docker_write.o
OBJS_builder +=	$(B)/cid-builder/engine.o
OBJS_builder +=	$(B)/cid-builder/env.o
OBJS_builder +=	$(B)/cid-builder/image.o
OBJS_builder +=	$(B)/cid-builder/imageref.o
OBJS_builder +=	$(B)/cid-builder/json.o
OBJS_builder +=	$(B)/cid-builder/label.o
OBJS_builder +=	$(B)/cid-builder/leftover.o
OBJS_builder +=	$(B)/cid-builder/linebuf.o
OBJS_builder +=	$(B)/cid-builder/logfile.o
OBJS_builder +=	$(B)/cid-builder/logpair.o
OBJS_builder +=	$(B)/cid-builder/main.o
OBJS_builder +=	$(B)/cid-builder/mask.o
OBJS_builder +=	$(B)/cid-builder/network.o
OBJS_builder +=	$(B)/cid-builder/ports.o
OBJS_builder +=	$(B)/cid-builder/project.o
OBJS_builder +=	$(B)/cid-builder/pull.o
OBJS_builder +=	$(B)/cid-builder/recall.o
OBJS_builder +=	$(B)/cid-builder/sandbox.o
OBJS_builder +=	$(B)/cid-builder/secret.o
OBJS_builder +=	$(B)/cid-builder/shelf.o
OBJS_builder +=	$(B)/cid-builder/slot.o
OBJS_builder +=	$(B)/cid-builder/slot_make.o
OBJS_builder +=	$(B)/cid-builder/slot_op.o
OBJS_builder +=	$(B)/cid-builder/slot_start.o
OBJS_builder +=	$(B)/cid-builder/slot_stop.o
OBJS_builder +=	$(B)/cid-builder/slot_tail.o
OBJS_builder +=	$(B)/cid-builder/source.o
OBJS_builder +=	$(B)/cid-builder/stage.o
OBJS_builder +=	$(B)/cid-builder/sweep.o
OBJS_builder +=	$(B)/cid-builder/tar.o
OBJS_builder +=	$(B)/cid-builder/template.o
OBJS_builder +=	$(B)/cid-builder/template_network.o
OBJS_builder +=	$(B)/cid-builder/verdict.o

LIBS_builder =	$(LIBS_json) $(LIBS_seal) $(LIBS_common)

$(B)/bin/cid-builder: $(OBJS_builder) $(B)/libcidjson.a $(B)/libcidseal.a \
    $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_builder))
