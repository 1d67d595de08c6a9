OBJS_git =	$(B)/cid-git/commit.o
OBJS_git +=	$(B)/cid-git/connect.o
OBJS_git +=	$(B)/cid-git/dispatch.o
OBJS_git +=	$(B)/cid-git/fail.o
OBJS_git +=	$(B)/cid-git/fetch.o
OBJS_git +=	$(B)/cid-git/file.o
OBJS_git +=	$(B)/cid-git/job.o
OBJS_git +=	$(B)/cid-git/lfs.o
OBJS_git +=	$(B)/cid-git/main.o
OBJS_git +=	$(B)/cid-git/mirror.o
OBJS_git +=	$(B)/cid-git/repack.o
OBJS_git +=	$(B)/cid-git/report.o
OBJS_git +=	$(B)/cid-git/sandbox.o
OBJS_git +=	$(B)/cid-git/stream.o
OBJS_git +=	$(B)/cid-git/tar.o
OBJS_git +=	$(B)/cid-git/tree.o
OBJS_git +=	$(B)/cid-git/treename.o
OBJS_git +=	$(B)/cid-git/url.o
OBJS_git +=	$(B)/cid-git/work.o

LIBS_git =	libgit2 libarchive libssl libcrypto $(LIBS_json) $(LIBS_common)

$(B)/bin/cid-git: $(OBJS_git) $(B)/libcidfile.a $(B)/libcidjson.a \
    $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $(LDLIBS_file) $$(pkg-config --libs $(LIBS_git))
